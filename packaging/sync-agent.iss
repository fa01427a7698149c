; Inno Setup script for the Sync Agent's installer. After freezing on Windows (see sync_agent.spec):
;   iscc /DVersion=1.0.0 packaging\sync-agent.iss
; The installer lands beside the program in dist, and the download page offers it from there.
#ifndef Version
  #define Version "1.0.0"
#endif
#define Name "BigTime Sync Agent"

[Setup]
; Kept for ever: Windows knows an upgrade by it.
AppId={{5E0B6C7D-2C0A-4E0B-9F64-6A3C5A1D7B42}
AppName={#Name}
AppVersion={#Version}
AppPublisher=BigTime
DefaultDirName={autopf}\{#Name}
DisableProgramGroupPage=yes
; QuickBooks lets a program in for the first time only when an administrator of Windows runs it.
PrivilegesRequired=admin
OutputDir=..\dist
OutputBaseFilename=sync-agent-setup
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
; A running agent is asked to end by the command below before its file is replaced.
CloseApplications=yes

[Files]
Source: "..\dist\program\sync-agent.exe"; DestDir: "{app}"; Flags: ignoreversion
Source: "..\dist\program\sync-agent-console.exe"; DestDir: "{app}"; Flags: ignoreversion
; Written by whoever offers the download, so that nobody has to type the address.
Source: "..\dist\bigtime-address.txt"; DestDir: "{app}"; Flags: ignoreversion skipifsourcedoesntexist

[Icons]
Name: "{autoprograms}\{#Name}"; Filename: "{app}\sync-agent.exe"

[Run]
; As the person who is signed in, not as the installer's administrator: QuickBooks must be the same user's.
Filename: "{app}\sync-agent.exe"; Description: "Begin connecting"; Flags: nowait postinstall skipifsilent runasoriginaluser

[UninstallRun]
Filename: "{app}\sync-agent.exe"; Parameters: "quit"; Flags: runhidden; RunOnceId: "EndAgent"
Filename: "{app}\sync-agent.exe"; Parameters: "autostart off"; Flags: runhidden; RunOnceId: "NoAutostart"

[Code]
function PrepareToInstall(var NeedsRestart: Boolean): String;
var
  Outcome: Integer;
begin
  if FileExists(ExpandConstant('{app}\sync-agent.exe')) then
    Exec(ExpandConstant('{app}\sync-agent.exe'), 'quit', '', SW_HIDE, ewWaitUntilTerminated, Outcome);
  Result := '';
end;
