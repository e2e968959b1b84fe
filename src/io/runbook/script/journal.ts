/** Names, clock, messages and journal of the runbook. */
export const JOURNAL = String.raw`
$Utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
$Invariant = [System.Globalization.CultureInfo]::InvariantCulture
$NewLine = [string][char]10

# Keyed by names: @{} compares by culture, to which some different names are one. Read by index only: a node may be called Keys.
function New-Table {
  return New-Object -TypeName System.Collections.Hashtable -ArgumentList ([System.StringComparer]::OrdinalIgnoreCase)
}

function Test-Same($name, $other) {
  return [string]::Equals([string]$name, [string]$other, [System.StringComparison]::OrdinalIgnoreCase)
}

# $null where there is none: which properties an object has depends on the versions of cluster and module.
function Read-Property($object, $name) {
  if ($null -eq $object) { return $null }
  $property = $object.PSObject.Properties[$name]
  if ($null -eq $property) { return $null }
  return $property.Value
}

# All that changes while the runbook runs, apart from what each migration carries itself.
$Run = @{
  Journal = ''            # full path
  Lock = $null            # open file that keeps a second runbook out
  Balancing = $null       # open file with the setting to restore
  Begin = $null           # first entry of the journal; $null: a new run
  Open = $false           # the journal of this start is being written
  Entries = @()           # the entries after it
  Whole = ''              # the journal's text without the half lines that a crash may leave
  Broken = $false         # the journal cannot be written any more
  Second0 = $null         # the plan's second 0, UTC
  Groups = New-Table      # cluster groups by name, as last seen
  Nodes = New-Table       # state of each node, as last seen
  Resources = New-Table   # virtual machine resource of each group
  Ids = New-Table         # Hyper-V's id of each VM
  Foreign = New-Table     # migrations of others on each node, since the last look
  Load = New-Table        # what the VMs of the plan take of each space on each node, arriving and leaving ones included
  Active = @()            # migrations under way
  Ahead = @()             # those and all that may still start
  Changed = $true         # something has ended, failed or given up since it was last asked what may start
  Round = 0               # first round that is not over
  Delay = 0.0             # seconds that the last start was behind the plan
  BeganAt = $null         # when this start began to migrate, UTC
  SpokeAt = $null         # when the last message was written, UTC
  Finished = $false       # an earlier start has written that all has ended
  Paused = New-Table      # last entry of the journal about each node that the plan empties
  Pausing = @()           # nodes to pause when they are empty
  Found = @()             # what became of migrations that the journal has as under way
  FoundWorks = @()        # and of works
  Checked = $false        # every check has passed once
  Faults = @()
  Notes = @()
}

function Write-Note($text) {
  $Run.SpokeAt = Get-Utc
  Write-Host ('{0}  {1}' -f $Run.SpokeAt.ToLocalTime().ToString('HH:mm:ss', $Invariant), $text)
}

function Get-Utc {
  return (Get-Date).ToUniversalTime()
}

# Seconds since the plan's second 0.
function Get-Second {
  return ((Get-Utc) - $Run.Second0).TotalSeconds
}

function ConvertTo-Iso($time) {
  return $time.ToString('yyyy-MM-ddTHH:mm:ss.fffZ', $Invariant)
}

function ConvertFrom-Iso($text) {
  return [System.DateTimeOffset]::Parse($text, $Invariant).UtcDateTime
}

# Local time of a second of the plan.
function Format-Second($second) {
  return $Run.Second0.AddSeconds($second).ToLocalTime().ToString('yyyy-MM-dd HH:mm:ss', $Invariant)
}

function Format-Window($window) {
  return 'from {0} to {1}' -f (Format-Second $window.From), (Format-Second $window.Until)
}

function Format-Span($seconds) {
  $span = [System.TimeSpan]::FromSeconds([math]::Round([math]::Max(0.0, $seconds)))
  return '{0}:{1:00}:{2:00}' -f [math]::Floor($span.TotalHours), $span.Minutes, $span.Seconds
}

# A virus scanner or a backup may hold the file for a moment. What cannot be written at the third time is not written at all: nothing new
# starts from then on, and the next start finds out from the cluster what has become of the rest.
function Add-Entry($entry) {
  if ($Run.Broken) { return }
  $line = (ConvertTo-Json -InputObject $entry -Compress) + $NewLine
  $length = 0
  if ([System.IO.File]::Exists($Run.Journal)) { $length = (New-Object -TypeName System.IO.FileInfo -ArgumentList $Run.Journal).Length }
  for ($attempt = 1; $true; $attempt++) {
    try {
      [System.IO.File]::AppendAllText($Run.Journal, $line, $Utf8)
      return
    }
    catch {
      $reason = $_.Exception.GetBaseException().Message
      try {
        # A part of the line may have been written.
        $file = [System.IO.File]::Open($Run.Journal, 'Open', 'Write', 'None')
        try { if ($file.Length -gt $length) { $file.SetLength($length) } } finally { $file.Dispose() }
      }
      catch { $null = $_ }
      if ($attempt -ge 3) { break }
      Start-Sleep -Seconds 1
    }
  }
  $Run.Broken = $true
  Write-Warning ('The journal {0} cannot be written: {1} Nothing new is started; what is under way is watched to its end.' -f $Run.Journal, $reason)
}

function Add-Event($name, $detail) {
  $entry = [ordered]@{ event = $name; at = (ConvertTo-Iso (Get-Utc)) }
  if ($detail -ne '') { $entry['detail'] = $detail }
  Add-Entry $entry
}

function Add-MoveEvent($name, $move, $detail, $node) {
  $entry = [ordered]@{
    event = $name
    at = (ConvertTo-Iso (Get-Utc))
    vm = $move.Vm
    from = $move.From
    to = $move.To
    kind = $move.Kind
    leg = $move.Leg
  }
  if ($name -eq 'failed') {
    $entry['detail'] = $detail
    $entry['node'] = $node
  }
  Add-Entry $entry
}

function Add-NodeEvent($name, $node) {
  Add-Entry ([ordered]@{ event = $name; at = (ConvertTo-Iso (Get-Utc)); node = $node })
}

# $null where the line is no entry. PowerShell 7 turns JSON text that looks like a date into one, also where it is the name of a VM: with
# a letter in front it does not.
function ConvertFrom-Line($line) {
  try { $entry = ConvertFrom-Json -InputObject ($line -replace '"(vm|node|plan|start|at)"\s*:\s*"', '"$1":"_') } catch { return $null }
  if ((Read-Property $entry 'event') -isnot [string]) { return $null }
  return $entry
}

# A crash can leave a half line, and a start that could not mend it has written on behind that.
function ConvertFrom-Torn($line) {
  $entry = ConvertFrom-Line $line
  if ($null -ne $entry) { return @{ Line = $line; Entry = $entry } }
  $start = $line.LastIndexOf('{"', [System.StringComparison]::Ordinal)
  if ($start -le 0) { return $null }
  $entry = ConvertFrom-Line $line.Substring($start)
  if ($null -eq $entry) { return $null }
  return @{ Line = $line.Substring($start); Entry = $entry }
}

# Reads the journal of an earlier start. Changes nothing; what is wrong with it is a fault.
function Read-Journal {
  if (-not [System.IO.File]::Exists($Run.Journal)) { return }
  $text = [System.IO.File]::ReadAllText($Run.Journal, $Utf8)
  $entries = @()
  $whole = New-Object -TypeName System.Text.StringBuilder
  $number = 0
  $lines = $text.TrimEnd().Split([char]10)
  foreach ($each in $lines) {
    $number++
    $line = $each.Trim()
    if ($line -eq '') { continue }
    $found = ConvertFrom-Torn $line
    if ($null -ne $found) {
      $entries += $found.Entry
      $null = $whole.Append($found.Line + $NewLine)
    }
    elseif ($line -notlike '{*' -or ($line -like '*}' -and $number -lt $lines.Count)) {
      $Run.Faults += 'Line {0} of the journal is no JSON. Is {1} a journal?' -f $number, $Run.Journal
      return
    }
  }
  $Run.Whole = $whole.ToString()
  if ($entries.Count -eq 0) { return }
  $first = $entries[0]
  if ($first.event -ne 'begin' -or (Read-Property $first 'version') -ne 1) {
    $Run.Faults += '{0} is no journal of version 1. Name another file with -JournalPath.' -f $Run.Journal
    return
  }
  $found = ([string](Read-Property $first 'plan')).TrimStart('_')
  if ($found -ne $Plan.Fingerprint) {
    $Run.Faults += 'The journal {0} is of another plan ({1}; this is {2}). Name another file with -JournalPath, or run the runbook of that plan.' -f $Run.Journal, $found, $Plan.Fingerprint
    return
  }
  $Run.Begin = $first
  $Run.Entries = @($entries | Select-Object -Skip 1)
}

# Only one runbook at a time has the journal; the system lets go of the lock when this process ends, however it ends.
function Lock-Journal {
  try {
    $Run.Lock = [System.IO.File]::Open($Run.Journal + '.lock', 'OpenOrCreate', 'ReadWrite', 'None')
  }
  catch {
    throw 'The journal {0} is in use: another runbook is running, or the folder cannot be written. {1}' -f $Run.Journal, $_.Exception.GetBaseException().Message
  }
}

function Unlock-Journal {
  if ($null -eq $Run.Lock) { return }
  $Run.Lock.Dispose()
  $Run.Lock = $null
  [System.IO.File]::Delete($Run.Journal + '.lock')
}

function Open-Journal {
  $Run.Open = $true
  if ($null -eq $Run.Begin) {
    [System.IO.File]::WriteAllText($Run.Journal, '', $Utf8)
    Add-Entry ([ordered]@{
      version = 1
      event = 'begin'
      at = (ConvertTo-Iso (Get-Utc))
      problem = $Plan.Problem
      plan = $Plan.Fingerprint
      start = (ConvertTo-Iso $Run.Second0)
      pollSeconds = $PollSeconds
    })
  }
  else {
    Repair-Journal
    Add-Event 'resumed' ''
  }
  foreach ($found in $Run.Found) { Add-MoveEvent $found.Event $found.Move $found.Detail $found.Node }
}

function Repair-Journal {
  # The new file takes the place of the old one whole: a crash here loses nothing.
  if (-not [string]::Equals([System.IO.File]::ReadAllText($Run.Journal, $Utf8), $Run.Whole, [System.StringComparison]::Ordinal)) {
    [System.IO.File]::WriteAllText($Run.Journal + '.new', $Run.Whole, $Utf8)
    [System.IO.File]::Replace($Run.Journal + '.new', $Run.Journal, [System.Management.Automation.Language.NullString]::Value)
  }
}
`
