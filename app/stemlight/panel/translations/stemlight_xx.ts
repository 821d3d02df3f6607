<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>BarLamps</name>
    <message>
        <source>Beat of the bar</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>BeatPage</name>
    <message>
        <source>Beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>How sure the beat is</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Sure</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>following the sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Tap</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The one</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>÷ 2</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>× 2</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Half a beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Lock tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beats are early by</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>later</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>earlier</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beats {} ms {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>For all outputs; each has one more of its own on their page.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Offset</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Link</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>MIDI</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>OSC</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Taps</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Whose beat is followed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>In the Link session</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beats in a bar of the followed beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Lead Link</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Whose beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beats in a bar</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>BottomStrip</name>
    <message>
        <source>Previous look</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Next look</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Tap</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The one</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Master brightness</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Freeze</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Blackout</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>BudgetBar</name>
    <message>
        <source>Time of a hop against its budget</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source> median   </source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>aim</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>half</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>ControllersPage</name>
    <message>
        <source>Controllers</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Use all MIDI controllers</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Control to be learnt</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Learn</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>control</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>moved by</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>device</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Learnt bindings</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>MIDI</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Or right-click any button or fader of the panel. A knob takes over when it comes to where the control is.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Learnt</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>OSC and the remote page</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No MIDI controller is in use.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} came in. This control is {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} messages</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No remote page: start with --remote 8080 for one.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>channel {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Forget</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Forget {}</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>DestinationRow</name>
    <message>
        <source>usual</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>prefix</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>at most</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>early by</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>on</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Send to {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Host and port, {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Profile of {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Before every address to {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Packets a second at most to {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beats leave this much earlier to {}, later if negative</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Keep {} for other shows</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Remove {}</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>DeviceList</name>
    <message>
        <source>The sound system does not answer.</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>EditPage</name>
    <message>
        <source>Edit</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>or drop a shader file or folder on this page</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} is a transition: no layer</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>There is room for {} filters</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>There is room for {} layers</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Saved as your own: it takes the shipped one's place</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Saved</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Save as</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Name of the new preset</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} copy</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Move “{}” to the trash?</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>It could not be moved to the trash</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Stemlight</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>There is no shader in {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} is no shader: {} or a folder</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Undo  (Ctrl+Z)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Redo  (Ctrl+Shift+Z)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>More: save as, duplicate, revert, delete</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Save as…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Duplicate</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Revert to what is saved</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Move to the trash</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>+ Layer</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>+ Filter</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Add a scene as a layer on top</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Add a filter to this layer</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Up in this list</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Down in this list</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Remove what is chosen</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Take back</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Drop</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Make a preset of it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Nothing to edit</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>● not saved yet; kept meanwhile</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>your own, saved</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>shipped, as it was</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>There are changes of {} that were not saved.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>This show runs without a picture: nothing can be edited.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} is on air as a scene, not as a preset.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Put a look on air first: it is edited here.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The autopilot goes on to other looks; what is changed here is kept.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>From a file…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Shaders ({})</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>A shader</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>HealthPage</name>
    <message>
        <source>Health</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Copy report</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>What happened</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>A hop against its budget</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>From sound to picture, median</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>hops analysed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>hops late</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>hops lost</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>samples lost</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>pictures</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a draw, median / p99</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>pictures late</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>shader errors</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>input taken back</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>OSC messages in</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>processes restarted</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Counted since the show began</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>was brought back</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The report is in the clipboard</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>InputRow</name>
    <message>
        <source>Let the music move it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Let the music move {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} is moved by</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Reset to the shader's own value</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Inspector</name>
    <message>
        <source>How it lies on what is below</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Blend: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>See-through</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Where the scene itself is transparent, what is below shows</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>∿ or a right click lets the music move a value. A double click resets it.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Whole picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The picture has not said yet what can be set here.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>What it is like</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Tags, with commas</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Filters here lie over all layers. Drop a shader file on this page to add it.</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>LayerTree</name>
    <message>
        <source>Layers and filters</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Whole picture</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>LookDelegate</name>
    <message>
        <source>ON AIR</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>COMING</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>LookGrid</name>
    <message>
        <source>Looks</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Put on air</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Take from favourites</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Add to favourites</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Take from the playlist</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Add to the playlist</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>LooksPage</name>
    <message>
        <source>Looks</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Search the looks</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Favourites</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Previous bank</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Next bank</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>By</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Transition</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Length of the transition in beats</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source> beats</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>cut</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>at once</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>bar</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>A transition begins</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Autopilot</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Bars that a look stays</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source> bars</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>shuffle</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>in order</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Order of the autopilot</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>At drops</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Keys 1–0: bank {} of {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Keys 1–0</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>MappingRow</name>
    <message>
        <source>Amount of {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Amount of {} in percent</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Curve, range and times of {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Remove: the slider stays where you have put it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Remove {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Source: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{:g} beats</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Curve</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Red</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Green</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Blue</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Alpha</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Part</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Period</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Nothing at</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>All at</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Rises in</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Falls in</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Fires at</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Ahead by</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} is moved by</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Straight</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Late</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Early</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>S</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>On or off</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>MonitorMenu</name>
    <message>
        <source>{}: not there</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>OscCard</name>
    <message>
        <source>Nothing is sent yet.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Host and port of a new OSC destination</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Profile of a new OSC destination</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Put it back</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>OSC</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Given on the command line: what is changed here holds for this show. Keep puts one into the settings, for shows that are told none.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Kept in {}; the engine follows within a second.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{}; sending as before</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Kept</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} is removed.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>not sent yet</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{:.0f} packets/s</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>before: {}</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>OutputsPage</name>
    <message>
        <source>Outputs</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the one it is on</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Monitor that is filled</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a second window</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Monitor that mirrors the picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The picture's beats are early by, on top</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Render scale</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Virtual camera</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Fill the monitor</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Size of the window</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Limit flashes</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Keys on the picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Window</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Mirror</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beats early by</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>on top of the beat page's</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Step down by itself</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Also to</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Picture</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>PanelWindow</name>
    <message>
        <source>Stemlight: control panel</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Stemlight</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Close the control panel?</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The show can go on without it. C in the picture's window brings the panel back.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Stay</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Close the panel</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>End the show</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>PhaseWheel</name>
    <message>
        <source>Tempo and place in the bar</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Playlist</name>
    <message>
        <source>Pick</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>While this is on, a press on a look adds it or takes it away</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Takes all away: the autopilot chooses from all looks</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{}: a playlist has no names with commas</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The playlist is full</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>A press on a look adds it or takes it away; nothing goes on air</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Empty: the autopilot chooses from all looks. Drag looks here, or press Pick.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The autopilot chooses from these. Drag to reorder; Del takes one away.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} of them are not there now.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Playlist ({})</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Playlist</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>PlaylistRow</name>
    <message>
        <source>Playlist of the autopilot</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Put on air</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Earlier</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Later</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Take from the playlist</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>PreviewView</name>
    <message>
        <source>What the audience sees</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No picture in this show</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The picture has stopped</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Blackout</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>RecordCard</name>
    <message>
        <source>Choose a file …</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The usual place</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Choose the file that is recorded into</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Record</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Recording</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Record into</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Videos (*.mp4)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} is too long a name</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a new file in {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{:.1f} GB free</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Scale {} %</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The panel starts again for it; the show goes on.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Size of everything</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Your presets</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Your shaders</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Thumbnails</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Open the folder of: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Folders</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Stemlight {}. GPL-3.0-or-later.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SizeMenu</name>
    <message>
        <source>as it is</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>other …</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Width and height in pixels, as 1600x900</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Size of the window</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SoundMeter</name>
    <message>
        <source>Level of the sound that arrives</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SoundPage</name>
    <message>
        <source>Sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Sound inputs</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Channels that are heard</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>A sound file …</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Input gain</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Hold the automatic gain</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>What is heard</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Channels</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Gain</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source> · the system's choice</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>whatever the system records from</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>built in: hears all stems, needs no cable</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a file</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>not there: it is waited for</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Test band</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>first two</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} mono</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>A sound file</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Sound ({})</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SpectrumView</name>
    <message>
        <source>Spectrum of the mix</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>StemMeters</name>
    <message>
        <source>Mix</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Drums</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Bass</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Voice</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Other</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Meters of the mix and the stems</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>TopStrip</name>
    <message>
        <source>Tempo in beats a minute</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>locked</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>WaveView</name>
    <message>
        <source>Waveform of the mix</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>WayBar</name>
    <message>
        <source>Latency from sound to picture in parts</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>nothing measured yet</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Work</name>
    <message>
        <source>This preset is too long to be edited: {}</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>panel</name>
    <message>
        <source>{}, typed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>On</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Fire</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No picture for {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Choose a picture…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Pictures ({})</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Bands of the mix</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beat and bar</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Oscillators, with the beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The song</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Note {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Drums</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Bass</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Voice</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Other</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Kick</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Snare</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Hi-hat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Mix</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Low band</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Mid band</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Mid-high band</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>High band</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>level</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>hits</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>presence</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>each hit</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Every beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beat 1</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beat 2</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beat 3</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Beat 4</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Ramp over the beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Ramp over the bar</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Each beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Each bar</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Place in the bar</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Sine</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Triangle</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Ramp</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Square</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Random steps</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Intensity</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Build-up</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Drop</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Each drop</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Brightness of the sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Loudness</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>blackout</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>hold the picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>next look</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>previous look</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>brighter</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>darker</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a look of the bank</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>another bank</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a look into the playlist, to the favourites</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>move a look</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>autopilot</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>next transition</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>tap the beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>press what has the focus</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the one is now</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>tempo x2</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>tempo /2</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>shift half a beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>lock the tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>whose beat is followed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>lead Ableton Link</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>fill the monitor</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>keys on the picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>take an edit back, do it again</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>save what is edited</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the pages</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>this sheet</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Stop learning</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Learn MIDI: then move a knob or press a pad</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Forget MIDI</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>empty</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Reset to {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Copy OSC address  {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Move a knob or press a pad for {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Copied {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Nothing on air</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>coming: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>on air</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>on air · the next comes by a cut</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>on air · the next comes by {} in {:g} beats</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>sound card and driver</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>waiting for the block</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>waiting for the engine</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>hearing: stems, beat, levels</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>to the other processes</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>drawing and the display's turn</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the engine is starting</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No sound yet</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Silent</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>is it playing, muted or unplugged?</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>turn up the source or the input gain</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Very quiet</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Sound arrives</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Allow this program to use the microphone in the system's privacy settings.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Another program holds the device: close it, or choose another.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>It is taken back as soon as it is plugged in again.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>what is heard: as `--input`; empty: what the show began with</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>of the device, counted from 1: `3-4`, or `3` for mono; empty: its first two</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>gain before the analysis</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>holds the automatic gain where it is</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a beat is now</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>twice the tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>half the tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>moves the beat by half a beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the tempo that is heard stays as it is, and only its phase follows; a beat from outside has its own</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>beats are shown and sent this much early, late if negative; outputs have one more of their own</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>whose beat is followed; while that one is away, what is heard</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the next of the sources, round and round</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>beats in a bar of the followed beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>takes part in the Ableton Link session</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>gives the Ableton Link session our tempo and beat; follows it if off</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>MIDI inputs that are used: parts of names with commas between, or `all`</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>MIDI outputs that get our clock: parts of names, or `all`</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a control that the next thing moved on a controller is bound to</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a control that is freed of all that is bound to it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the preset on air: a name or a file; empty if a scene was chosen</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the scene on air: a name or a file</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the next preset</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the previous preset</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>how one look goes over into the next: a name or a file</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the next transition</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the previous transition</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>how long it takes, in beats; 0 cuts</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>when it begins: on the next bar line, beat, or now</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the next scene</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the previous scene</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>fills the monitor</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>monitor that is filled, from 0; one not there is waited for in a window; -1: the one it is on</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>of the window in pixels, as `1920x1080`; empty: as it is</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>the picture shows beats this much earlier still, on top of beat.offset_ms; later if negative</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>black until released</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>holds the picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>master brightness</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>shows the keys on the picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>no more than three flashes a second over a quarter of it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>share of the window that is drawn at most</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>draws smaller while draws miss the screen's refresh</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>monitor that mirrors it, from 0; one not there: a window; -1: none</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>records the picture and the sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>what is recorded into, an .mp4; empty: a new one in the videos</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>sends the picture by NDI</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>is a camera for other programs</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>shares the picture by Spout (Windows)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>shares the picture by Syphon (macOS)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>changes presets by itself, on bar lines and drops</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>bars that a preset stays at least, if nothing drops</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>shuffle: all before any again; or as in the playlist</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>presets it chooses from: names with commas between; empty: all</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>a drop brings the next preset, and build-ups are waited for</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>brings the control panel back that was closed</source>
        <translation type="unfinished" />
    </message>
</context></TS>
