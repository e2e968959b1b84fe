/** Clock, messages and journal of the runbook. */
export const JOURNAL = String.raw`
$Utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
$Invariant = [System.Globalization.CultureInfo]::InvariantCulture
$NewLine = [string][char]10

# All that changes while the runbook runs, apart from what each migration carries itself.
$Run = @{
  Journal = ''         # full path
  Lock = $null         # open file that keeps a second runbook out
  Begin = $null        # first entry of the journal; $null: a new run
  Entries = @()        # the entries after it
  Whole = ''           # the journal's text without the half line that a crash may leave
  Second0 = $null      # the plan's second 0, UTC
  Groups = @{}         # cluster groups by name, as last seen
  Nodes = @{}          # state of each node, as last seen
  Resources = @{}      # virtual machine resource of each group
  Ids = @{}            # Hyper-V's id of each VM
  Load = @{}           # MiB that the VMs of the plan take on each node, arriving and leaving ones included
  Active = @()         # migrations under way
  Round = 0            # first round that is not over
  Found = @()          # what became of migrations that the journal has as under way
  Faults = @()
  Notes = @()
}

function Write-Note($text) {
  Write-Host ('{0}  {1}' -f (Get-Date).ToString('HH:mm:ss', $Invariant), $text)
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

function Add-Entry($entry) {
  [System.IO.File]::AppendAllText($Run.Journal, (ConvertTo-Json -InputObject $entry -Compress) + $NewLine, $Utf8)
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

# PowerShell 7 turns JSON text that looks like a date into one, also where it is the name of a VM: with a letter in front it does not.
function ConvertFrom-Line($line) {
  return ConvertFrom-Json -InputObject ($line -replace '"(vm|plan|start)"\s*:\s*"', '"$1":"_')
}

# Reads the journal of an earlier start. Changes nothing; what is wrong with it is a fault.
function Read-Journal {
  if (-not (Test-Path -LiteralPath $Run.Journal)) { return }
  $text = [System.IO.File]::ReadAllText($Run.Journal, $Utf8)
  $lines = @($text -split $NewLine)
  $entries = @()
  for ($i = 0; $i -lt $lines.Count; $i++) {
    $line = $lines[$i].Trim()
    if ($line -eq '') { continue }
    try {
      $entry = ConvertFrom-Line $line
    }
    catch {
      # Only a line that was being written when the run was killed has no end.
      if ($i -eq $lines.Count - 1) { break }
      $Run.Faults += 'Line {0} of the journal is no JSON. Is {1} a journal?' -f ($i + 1), $Run.Journal
      return
    }
    $entries += $entry
    $Run.Whole += $line + $NewLine
  }
  if ($entries.Count -eq 0) {
    # A crash may also have left no more than a part of the first line.
    if (-not $text.StartsWith('{"version":1') -and -not '{"version":1'.StartsWith($text.Trim())) { $Run.Faults += '{0} is no journal. Name another file with -JournalPath.' -f $Run.Journal }
    return
  }
  $first = $entries[0]
  if ($first.event -ne 'begin' -or $first.version -ne 1) {
    $Run.Faults += '{0} is no journal of version 1. Name another file with -JournalPath.' -f $Run.Journal
    return
  }
  $found = ([string]$first.plan).TrimStart('_')
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
    throw 'The journal {0} is in use: another runbook is running, or the folder cannot be written. {1}' -f $Run.Journal, $_.Exception.Message
  }
}

function Unlock-Journal {
  if ($null -eq $Run.Lock) { return }
  $Run.Lock.Dispose()
  Remove-Item -LiteralPath ($Run.Journal + '.lock') -Confirm:$false
}

function Open-Journal {
  if ($null -eq $Run.Begin) {
    [System.IO.File]::WriteAllText($Run.Journal, '', $Utf8)
    Add-Entry ([ordered]@{
      version = 1
      event = 'begin'
      at = (ConvertTo-Iso (Get-Utc))
      problem = $Plan.Problem
      plan = $Plan.Fingerprint
      start = (ConvertTo-Iso $Run.Second0)
    })
    return
  }
  # The new file takes the place of the old one whole: a crash here loses nothing.
  if ([System.IO.File]::ReadAllText($Run.Journal, $Utf8) -ne $Run.Whole) {
    [System.IO.File]::WriteAllText($Run.Journal + '.new', $Run.Whole, $Utf8)
    Move-Item -LiteralPath ($Run.Journal + '.new') -Destination $Run.Journal -Force -Confirm:$false
  }
  Add-Event 'resumed' ''
  foreach ($found in $Run.Found) { Add-MoveEvent $found.Event $found.Move $found.Detail $found.Node }
}
`
