# Serves one vitest process: compiles the stand-ins once, then runs what is asked for, a JSON object a line.
# Requests: { "world": … } a new cluster; { "load": path } one that a killed process left; { "run": … } a script; { "advance": seconds };
# { "set": { at, vm, node, set } } a change at once; { "look": true } the cluster as it is.
# With -World, the file of a cluster, it prepares the session of a console instead, in which each wait lasts -Milliseconds.
param([Parameter(Mandatory)][string]$Cache, [string]$World, [int]$Milliseconds)

$ErrorActionPreference = 'Stop'
$sources = Get-ChildItem -LiteralPath (Join-Path $PSScriptRoot 'standins') -Filter '*.cs' | Sort-Object -Property Name
$table = Get-Content -LiteralPath (Join-Path $PSScriptRoot 'standins/cmdlets.txt')

# A class for each cmdlet, with the parameters of all its sets.
function Get-CmdletSource([string]$Name, [string[]]$Sets) {
    $verb, $noun = $Name -split '-', 2
    $properties = [ordered]@{}
    for ($i = 0; $i -lt $Sets.Count; $i++) {
        $position = 0
        foreach ($match in [regex]::Matches($Sets[$i], '(?<optional>\[)?(?<positional>\[)?-(?<name>\w+)\]?(?: <(?<type>[\w\[\]]+)>(?<pipe>\|)?(?:=(?<alias>\w+))?)?\]?')) {
            $parameter = $match.Groups['name'].Value
            if ($parameter -in 'WhatIf', 'Confirm') { continue }
            $isPositional = $match.Groups['positional'].Success -or ($match.Value -match '^\[-\w+\] ')
            $isMandatory = -not ($match.Groups['optional'].Success -and -not ($match.Value -match '^\[-\w+\] '))
            $arguments = @()
            if ($Sets.Count -gt 1) { $arguments += "ParameterSetName = `"Set$i`"" }
            if ($isMandatory) { $arguments += 'Mandatory = true' }
            if ($isPositional) { $arguments += "Position = $position"; $position++ }
            if ($match.Groups['pipe'].Success) { $arguments += 'ValueFromPipeline = true' }
            $type = $match.Groups['type'].Value
            if ($type -eq '') { $type = 'SwitchParameter' }
            if (-not $properties.Contains($parameter)) { $properties[$parameter] = @{ Type = $type; Attributes = @() } }
            $properties[$parameter].Attributes += "[Parameter($($arguments -join ', '))]"
            if ($match.Groups['alias'].Success) { $properties[$parameter].Attributes += "[Alias(`"$($match.Groups['alias'].Value)`")]" }
        }
    }
    $risky = if ($Sets[0] -match '\[-WhatIf\]') { ', SupportsShouldProcess = true' }
    $default = if ($Sets.Count -gt 1) { ', DefaultParameterSetName = "Set0"' }
    "[Cmdlet(`"$verb`", `"$noun`"$risky$default)] public class $($verb)_$noun : StandIn {"
    foreach ($parameter in $properties.Keys) {
        $property = $properties[$parameter]
        "  $(@($property.Attributes | Select-Object -Unique) -join ' ') public $($property.Type) $parameter { get; set; }"
    }
    '}'
}

$modules = [ordered]@{}
$sets = [ordered]@{}
foreach ($line in $table) {
    if ($line -match '^module (\S+)') { $module = $Matches[1]; $modules[$module] = @() }
    elseif ($line -match '^(\w+-\w+) ?(.*)') {
        if (-not $sets.Contains($Matches[1])) { $sets[$Matches[1]] = @(); $modules[$module] += $Matches[1] }
        $sets[$Matches[1]] += $Matches[2]
    }
}
# They take the places of Get-Date and Start-Sleep.
$modules['Clock'] = @()
$clock = @'
[Cmdlet("Get", "StandInDate")] public class GetStandInDate : PSCmdlet {
  [Parameter(Position = 0)] public DateTime Date { get; set; }
  [Parameter] public string Format { get; set; } = "";
  protected override void ProcessRecord() {
    var date = MyInvocation.BoundParameters.ContainsKey("Date") ? Date : Session.World.Clock;
    WriteObject(Format == "" ? date : date.ToString(Format));
  }
}
[Cmdlet("Start", "StandInSleep")] public class StartStandInSleep : PSCmdlet {
  [Parameter(Position = 0)] public double Seconds { get; set; }
  [Parameter] public int Milliseconds { get; set; }
  protected override void ProcessRecord() => Session.Sleep(Seconds + Milliseconds / 1000.0);
}
'@
$generated = @{}
foreach ($module in $modules.Keys) {
    $generated[$module] = @(
        'using System; using System.Collections.Specialized; using System.Management.Automation; using Microsoft.FailoverClusters.PowerShell; using Microsoft.HyperV.PowerShell;'
        "namespace Vmferry.StandIns.$($module -replace '-');"
        foreach ($name in $modules[$module]) { Get-CmdletSource $name $sets[$name] }
        if ($module -eq 'Clock') { $clock }
    ) -join "`n"
}

# Compiling takes seconds: kept for as long as nothing changes.
$texts = @($sources | ForEach-Object { [IO.File]::ReadAllText($_.FullName) })
$all = ($texts + @($modules.Keys | ForEach-Object { $generated[$_] })) -join "`0"
$hash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($all))).Substring(0, 16)
$folder = Join-Path $Cache $hash
function Build-Library([string]$Path, [string[]]$Texts, [string[]]$References) {
    $files = foreach ($i in 0..($Texts.Count - 1)) {
        [IO.File]::WriteAllText("$Path.$i.cs", "#nullable enable annotations`n" + $Texts[$i])
        "$Path.$i.cs"
    }
    Add-Type -LiteralPath $files -OutputAssembly $Path -ReferencedAssemblies $References -IgnoreWarnings
}
if (-not (Test-Path -LiteralPath $folder)) {
    $building = "$folder.$PID"
    $null = New-Item -ItemType Directory -Path $building -Force
    $library = Join-Path $building 'StandIns.dll'
    $references = @(Get-ChildItem -LiteralPath (Join-Path $PSHOME 'ref') -Filter '*.dll' | ForEach-Object FullName) + (Join-Path $PSHOME 'System.Management.Automation.dll')
    Build-Library $library $texts $references
    foreach ($module in $modules.Keys) {
        # Each in a folder of its own, so that one can be missing from PSModulePath.
        $null = New-Item -ItemType Directory -Path (Join-Path $building "$module/$module")
        Build-Library (Join-Path $building "$module/$module/$module.dll") @($generated[$module]) ($references + $library)
        $names = @($modules[$module] | ForEach-Object { "'$_'" }) -join ', '
        if ($module -eq 'Clock') { $names = "'*'" }
        [IO.File]::WriteAllText((Join-Path $building "$module/$module/$module.psd1"), "@{ ModuleVersion = '1.0'; RootModule = '$module.dll'; CmdletsToExport = @($names) }")
    }
    try { [IO.Directory]::Move($building, $folder) } catch { Remove-Item -LiteralPath $building -Recurse }
}
Add-Type -LiteralPath (Join-Path $folder 'StandIns.dll')
[Vmferry.StandIns.Session]::Folder = $folder
[Vmferry.StandIns.Session]::Modules = @($modules.Keys)

if ($World -ne '') {
    [Vmferry.StandIns.Session]::World = [Vmferry.StandIns.World]::Load([IO.File]::ReadAllText($World))
    [Vmferry.StandIns.Session]::Milliseconds = $Milliseconds
    $env:PSModulePath = (@($modules.Keys | ForEach-Object { Join-Path $folder $_ }) + $env:PSModulePath) -join [IO.Path]::PathSeparator
    Import-Module -Name Clock -Global
    Set-Alias -Name Get-Date -Value Get-StandInDate -Scope Global
    Set-Alias -Name Start-Sleep -Value Start-StandInSleep -Scope Global
    return
}

$options = [System.Text.Json.JsonSerializerOptions]::new()
$options.IncludeFields = $true
$options.PropertyNamingPolicy = [System.Text.Json.JsonNamingPolicy]::CamelCase
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $request = [System.Text.Json.JsonDocument]::Parse($line).RootElement
    $element = [System.Text.Json.JsonElement]::new()
    try {
        $answer = $null
        if ($request.TryGetProperty('world', [ref]$element)) { [Vmferry.StandIns.Session]::World = [Vmferry.StandIns.World]::Load($element.GetRawText()) }
        elseif ($request.TryGetProperty('load', [ref]$element)) { [Vmferry.StandIns.Session]::World = [Vmferry.StandIns.World]::Load([IO.File]::ReadAllText($element.GetString())) }
        elseif ($request.TryGetProperty('run', [ref]$element)) { $answer = [System.Text.Json.JsonSerializer]::Serialize([Vmferry.StandIns.Session]::Run([System.Text.Json.JsonSerializer]::Deserialize($element.GetRawText(), [Vmferry.StandIns.ScriptRequest], $options)), [Vmferry.StandIns.ScriptResult], $options) }
        elseif ($request.TryGetProperty('advance', [ref]$element)) { [Vmferry.StandIns.Session]::World.Advance($element.GetDouble()) }
        elseif ($request.TryGetProperty('set', [ref]$element)) { [Vmferry.StandIns.Session]::World.Happen([System.Text.Json.JsonSerializer]::Deserialize($element.GetRawText(), [Vmferry.StandIns.Happening], $options)) }
        elseif ($request.TryGetProperty('look', [ref]$element)) { $answer = [Vmferry.StandIns.Session]::World.Save() }
        [Console]::Out.WriteLine("`u{1}" + ($answer ?? 'null'))
    }
    catch { [Console]::Out.WriteLine("`u{2}" + ($_ | Out-String)) }
}
