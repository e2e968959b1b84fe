/** The run: from the first look at the cluster to the exit code. */
export const RUN = `
function Get-Label($move) {
  if ($move.Kind -eq 'restart') { return 'RESTART: shut down, switch on processor compatibility, move from {0} to {1}, start' -f $move.From, $move.To }
  if ($move.Kind -eq 'save') { return 'SAVE: save, move from {0} to {1}, resume' -f $move.From, $move.To }
  if ($move.Kind -eq 'save-in-place') { return 'SAVE IN PLACE: save on {0}, and leave it saved' -f $move.From }
  return 'Migrate from {0} to {1}' -f $move.From, $move.To
}

function Show-Plan {
  foreach ($move in $Moves) {
    if ($move.Status -eq 'ended') { continue }
    $null = $PSCmdlet.ShouldProcess($move.Vm, ('{0}, planned for {1}' -f (Get-Label $move), (Format-Second $move.Start)))
  }
}

# All questions come before the first migration: nobody sits at the screen all night.
function Approve-Disruption {
  foreach ($move in $Moves) {
    if ($move.Status -ne 'open' -or $move.Kind -eq 'live') { continue }
    if (-not $PSCmdlet.ShouldProcess($move.Vm, (Get-Label $move))) {
      $move.Status = 'declined'
      $move.Why = 'declined'
    }
  }
}

# Returns whether VM load balancing is to be suspended.
function Approve-Suspension {
  $mode = (Get-Cluster -Name $Cluster).AutoBalancerMode
  if ($null -eq $mode -or $mode -eq 0) { return $false }
  return $PSCmdlet.ShouldProcess('AutoBalancerMode of the cluster', 'Set to 0 until the run has ended, then restore')
}

# The value to restore is in a file of its own, so that a start after a crash restores it too.
function Suspend-Balancing {
  $settings = Get-Cluster -Name $Cluster
  if ($null -eq $settings.AutoBalancerMode -or $settings.AutoBalancerMode -eq 0) { return }
  [System.IO.File]::WriteAllText($Run.Journal + '.restore', [string][int]$settings.AutoBalancerMode, $Utf8)
  $settings.AutoBalancerMode = 0
}

function Restore-Balancing {
  $path = $Run.Journal + '.restore'
  if (-not (Test-Path -LiteralPath $path)) { return }
  $mode = 0
  if ([int]::TryParse([System.IO.File]::ReadAllText($path, $Utf8), [ref]$mode)) { (Get-Cluster -Name $Cluster).AutoBalancerMode = $mode }
  Remove-Item -LiteralPath $path -Confirm:$false
}

function Update-Round {
  $Run.Round = [int]::MaxValue
  foreach ($move in $Moves) {
    if ((Test-Unsettled $move) -and $move.Round -lt $Run.Round) { $Run.Round = $move.Round }
  }
}

# Starts what may start. Returns whether time alone may let something start later.
function Start-Ready {
  $waiting = $false
  # What is put off or settled makes way for others, which have been asked already: again, until nothing changes.
  do {
    $changed = $false
    $waiting = $false
    Update-Round
    foreach ($move in $Moves) {
      if (-not (Test-Open $move)) { continue }
      $before = $move.Status
      if (Test-Start $move) {
        Start-Move $move
        if ($move.Status -ne 'running') { $changed = $true }
        continue
      }
      Update-Blocked $move
      if ($move.Status -ne $before) { $changed = $true }
      elseif (Test-Waiting $move) { $waiting = $true }
    }
  } while ($changed)
  return $waiting
}

function Invoke-Plan {
  $silentSince = $null
  while ($true) {
    try {
      Update-View
      foreach ($move in $Run.Active) {
        # A host that does not answer must not hide the others.
        try { Update-Move $move }
        catch {
          Write-Note ('{0}: cannot be looked at: {1}' -f $move.Vm, $_.Exception.Message)
          Test-Overdue $move
        }
      }
      $silentSince = $null
      $waiting = Start-Ready
    }
    catch {
      # A cluster that does not answer for a while is no reason to lose sight of what is under way.
      if ($null -eq $silentSince) { $silentSince = Get-Utc }
      if (((Get-Utc) - $silentSince).TotalMinutes -ge $AllowStuckMinutes) { throw }
      Write-Warning ('The cluster does not answer, trying again: {0}' -f $_.Exception.Message)
      $waiting = $true
    }
    $running = @($Run.Active | Where-Object { $_.Status -eq 'running' })
    if ($running.Count -eq 0 -and -not $waiting) { return }
    Start-Sleep -Seconds $PollSeconds
  }
}

# Tells what is left, and why. Returns the exit code.
function Complete-Run {
  $left = @($Moves | Where-Object { $_.Status -ne 'ended' })
  if ($left.Count -eq 0) {
    Add-Event 'finished' ''
    Write-Note 'Every migration of the plan has ended.'
    return 0
  }
  Write-Warning ('{0} of {1} migrations are left:' -f $left.Count, $Moves.Count)
  foreach ($move in $left) {
    $why = $move.Why
    if ($why -eq '') { $why = 'not started' }
    Write-Warning ('  {0}: {1} -> {2}, {3}, {4}' -f $move.Vm, $move.From, $move.To, $move.Status, $why)
  }
  $names = @($left | ForEach-Object { $_.Vm } | Select-Object -Unique)
  Add-Event 'stopped' ('left: {0}' -f ($names -join ', '))
  return 3
}

# The plan's second 0: its own where the problem has one, else when the first run began.
function Initialize-Clock {
  if ($null -ne $Run.Begin) { $Run.Second0 = ConvertFrom-Iso ($Run.Begin.start.Substring(1)) }
  elseif ($Plan.Start -ne '') { $Run.Second0 = ConvertFrom-Iso $Plan.Start }
  else { $Run.Second0 = Get-Utc }
}

# A run that is begun too early waits, and checks again: what held some hours ago may not hold now.
function Wait-Start {
  if ((Get-Second) -ge 0) { return }
  Write-Note ('The plan begins at {0}. Waiting.' -f (Format-Second 0))
  while ((Get-Second) -lt 0) { Start-Sleep -Seconds $PollSeconds }
  $Run.Notes = @()
  Update-View
  Test-Everything
  Show-Faults
  if ($Run.Faults.Count -gt 0) { throw 'A check has failed that had passed before the wait. Nothing was moved.' }
}

function Show-Faults {
  foreach ($note in $Run.Notes) { Write-Warning $note }
  foreach ($fault in $Run.Faults) { Write-Warning ('CHECK FAILED  {0}' -f $fault) }
}

# Returns whether everything is as it has to be.
function Test-Ready {
  Test-Modules
  Read-Journal
  if ($Run.Faults.Count -eq 0) {
    Initialize-Clock
    Update-View
    Update-Resources
    Read-Progress
  }
  if ($Run.Faults.Count -eq 0) { Test-Everything }
  Show-Faults
  return ($Run.Faults.Count -eq 0)
}

function Invoke-Run($suspend) {
  Lock-Journal
  try {
    if ($null -eq $Run.Begin) { Wait-Start }
    Open-Journal
    Initialize-Load
    foreach ($move in $Moves) { if ($move.Status -eq 'running') { Enter-Flight $move } }
    if ($suspend) { Suspend-Balancing }
    try {
      Invoke-Plan
      return (Complete-Run)
    }
    catch {
      Add-Event 'stopped' $_.Exception.Message
      throw
    }
    finally {
      Restore-Balancing
    }
  }
  finally {
    Unlock-Journal
  }
}

$Run.Journal = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($JournalPath)
$code = 2
if (Test-Ready) {
  $open = @($Moves | Where-Object { $_.Status -ne 'ended' })
  if ($WhatIfPreference) {
    Show-Plan
    $code = 0
  }
  elseif ($PSCmdlet.ShouldProcess(('{0} migrations of the plan' -f $open.Count), 'Run')) {
    Approve-Disruption
    $code = Invoke-Run (Approve-Suspension)
  }
  else { $code = 3 }
}
else { Write-Warning 'Nothing was moved.' }
exit $code
`
