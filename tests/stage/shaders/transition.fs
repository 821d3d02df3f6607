/*{"ISFVSN": "2", "DESCRIPTION": "A wipe.", "INPUTS": [
     {"NAME": "startImage", "TYPE": "image"}, {"NAME": "endImage", "TYPE": "image"},
     {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0}]}*/
void main() {
    gl_FragData[0] = isf_FragNormCoord.x < progress ? IMG_THIS_PIXEL(endImage) : IMG_THIS_PIXEL(startImage);
}
