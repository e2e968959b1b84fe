/** The run: from the first look at the cluster to the exit code. */
export const RUN = String.raw`
function Confirm-Step($target, $action) {
  $ConfirmPreference = $Asking.Confirm
  $WhatIfPreference = $Asking.WhatIf
  try { return $PSCmdlet.ShouldProcess($target, $action) }
  catch { throw 'A question cannot be asked here: {0} With -Confirm:$false nothing is asked. Nothing was moved.' -f $_.Exception.GetBaseException().Message }
}

# All questions come before the first migration: nobody sits at the screen all night.
function Approve-Disruption {
  foreach ($move in $Moves) {
    if ($move.Kind -eq 'live' -or (Test-Waking $move) -or -not ($move.Status -eq 'open' -or ($move.Half -and $move.Logged -eq ''))) { continue }
    if (-not (Confirm-Step $move.Vm (Get-Label $move))) {
      $move.Status = 'declined'
    }
  }
  foreach ($work in $Works) {
    if ((Test-Pending $work) -and -not (Confirm-Step $work.Node (Get-WorkLabel $work))) { $work.Status = 'declined' }
  }
}

# The nodes that are to be paused when they are empty.
function Approve-Pausing {
  return @(Get-Pausable | Where-Object { Confirm-Step $_.Name 'Pause when it is empty, so that nothing comes back to it' })
}

# Returns whether VM load balancing is to be suspended.
function Approve-Suspension {
  if (-not (Test-Balanced (FailoverClusters\Get-Cluster -Name $Cluster))) { return $false }
  return (Confirm-Step 'AutoBalancerMode of the cluster' 'Set to 0 until the run has ended, then restore')
}

function Update-Round {
  $Run.Round = [int]::MaxValue
  foreach ($move in $Run.Ahead) {
    if ((Test-Unsettled $move) -and $move.Round -lt $Run.Round) { $Run.Round = $move.Round }
  }
}

# Somebody else has moved the VM to where the plan wants it.
function Update-Arrived($vm) {
  $arrived = @(Get-Arrived $vm)
  foreach ($move in $arrived) {
    Add-MoveEvent 'ended' $move '' ''
    Add-Arrival $move
    Remove-Departure $move
    $move.Status = 'ended'
  }
  if ($arrived.Count -gt 0) { Write-Note ('{0}: is where it was to go, without us; {1}' -f $vm, (Get-Progress)); Suspend-Emptied }
  return ($arrived.Count -gt 0)
}

# Starts what may start. Returns the second at which to ask again though nothing ends until then.
function Start-Ready {
  $never = [double]::PositiveInfinity
  if ($Run.Broken) { return $never }
  # What is put off or settled makes way for others, which have been asked already: again, until nothing changes.
  do {
    $changed = $false
    $due = $never
    Update-Round
    foreach ($work in $Works) {
      if (-not (Test-Open $work)) { continue }
      $before = $work.Status
      if (Test-WorkStart $work) { Start-Work $work; if ($Run.Broken) { return $never } }
      if ($work.Status -eq 'running') { continue }
      Update-WorkBlocked $work
      if ($work.Status -ne $before) { $changed = $true }
      else { $due = [math]::Min([double]$due, (Get-WorkDue $work)) }
    }
    foreach ($move in $Run.Ahead) {
      if (-not (Test-Open $move)) { continue }
      $before = $move.Status
      if (Test-Start $move) {
        Start-Move $move
        if ($Run.Broken) { return $never }
        if ($move.Status -ne 'running') { $changed = $true }
        continue
      }
      if ($move.Block -eq 'place' -and (Update-Arrived $move.Vm)) { $changed = $true; continue }
      Update-Blocked $move
      if ($move.Status -ne $before) { $changed = $true }
      else { $due = [math]::Min([double]$due, (Get-Due $move)) }
    }
  } while ($changed)
  return $due
}

# Milliseconds until the next look: a second where something is about to happen, else as long as nothing is missed, and -PollSeconds at
# most. A migration that ends when the plan says so is seen at once.
function Get-Pause($due) {
  $now = Get-Second
  $next = [math]::Min($now + $PollSeconds, [math]::Max([double]$due, $now))
  foreach ($work in $Works) {
    if ($work.Status -eq 'running' -and ($work.Phase -ne 'script' -or [math]::Abs($work.StartedAt + $work.Seconds - $now) -le 60)) { $next = [math]::Min($next, $now + 1) }
  }
  foreach ($move in $Run.Active) {
    if ($move.Status -ne 'running') { continue }
    $end = $move.StartedAt + $move.Seconds
    $near = [math]::Min(60.0, [math]::Max(10.0, $move.Seconds / 10))
    if ([math]::Abs($end - $now) -le $near) { $next = [math]::Min($next, $now + 1) }
    # A restart has three steps, each of which is followed by the next only when its end is seen.
    elseif ($move.Kind -eq 'restart') { $next = [math]::Min($next, $now + [math]::Max(1.0, $move.Seconds / 60)) }
    else { $next = [math]::Min($next, $now + [math]::Max(1.0, $move.Seconds / 20)) }
    foreach ($at in @(($end - $near), ($end + 0.02))) { if ($at -gt $now) { $next = [math]::Min($next, $at) } }
    foreach ($window in $move.Windows) { if ($window.From - $LeadSeconds -gt $now) { $next = [math]::Min($next, $window.From - $LeadSeconds) } }
  }
  return [int][math]::Max(20.0, [math]::Ceiling(1000 * ($next - $now)))
}

function Invoke-Plan {
  $silentSince = $null
  $due = 0
  $Run.Ahead = $Moves
  while ($true) {
    try {
      Update-View
      foreach ($move in $Run.Active) {
        # A host that does not answer must not hide the others.
        try { Update-Move $move; $move.Hidden = $false }
        catch {
          if (-not $move.Hidden) { Write-Note ('{0}: cannot be looked at: {1}' -f $move.Vm, $_.Exception.Message) }
          $move.Hidden = $true
          Test-Overdue $move
        }
      }
      foreach ($work in $Works) { if ($work.Status -eq 'running') { Update-Work $work } }
      $silentSince = $null
      if ($Run.Changed -or (Get-Second) -ge $due) {
        $Run.Ahead = @($Run.Ahead | Where-Object { @('open', 'held', 'running', 'lost') -contains $_.Status })
        $Run.Changed = $false
        $due = Start-Ready
      }
    }
    catch {
      # A cluster that does not answer for a while is no reason to lose sight of what is under way.
      if ($null -eq $silentSince) { $silentSince = Get-Utc }
      if (((Get-Utc) - $silentSince).TotalMinutes -ge $AllowStuckMinutes) { throw }
      Write-Warning ('The cluster does not answer, trying again: {0}' -f $_.Exception.Message)
      $Run.Changed = $true
      $due = (Get-Second) + $PollSeconds
    }
    $running = @($Run.Active | Where-Object { $_.Status -eq 'running' })
    if ($running.Count -eq 0 -and (Test-Asked)) { Read-Answer; continue }
    if ($running.Count -eq 0 -and [double]::IsPositiveInfinity($due) -and @($Works | Where-Object { $_.Status -eq 'running' }).Count -eq 0) {
      if ($Run.Broken -or -not (Skip-Held)) { return }
      continue
    }
    Show-Underway
    Start-Sleep -Milliseconds (Get-Pause $due)
  }
}

# The plan's second 0: its own where the problem has one, else when the first run began. Until it begins, it is now.
function Initialize-Clock {
  if ($null -ne $Run.Begin) { $Run.Second0 = ConvertFrom-Iso ([string](Read-Property $Run.Begin 'start')).Substring(1) }
  elseif ($Plan.Start -ne '') { $Run.Second0 = ConvertFrom-Iso $Plan.Start }
  else { $Run.Second0 = Get-Utc }
}

function Wait-Start {
  Write-Note ('The plan begins at {0}. Waiting.' -f (Format-Second 0))
  while ((Get-Second) -lt 0) { Start-Sleep -Milliseconds ([int][math]::Ceiling(1000 * [math]::Min(60.0, -(Get-Second)))) }
}

function Get-Left {
  return @(@($Moves) + @($Works) | Where-Object { $_.Status -ne 'ended' })
}

# Whether this start has to resume nodes, and nothing else. One that only finds out that all has ended, after a crash, has the run to end.
function Test-Resuming {
  return ($Resume -or ($Run.Finished -and @(Get-Left).Count -eq 0 -and @(Get-Resumable).Count -gt 0))
}

# Returns whether everything is as it has to be.
function Test-Ready {
  Read-Journal
  if ($Run.Faults.Count -eq 0) {
    Initialize-Clock
    Update-View
    Update-Resources
    Read-Progress
    if ($Run.Faults.Count -eq 0) { Read-Works }
  }
  # A plan that is done has nothing to check any more: its nodes can be resumed whatever has changed since.
  if ($Run.Faults.Count -eq 0 -and -not $Resume -and @(Get-Left).Count -gt 0) { Test-Everything }
  Show-Faults
  if ($Run.Faults.Count -gt 0) { Show-Half }
  return ($Run.Faults.Count -eq 0)
}

# From the first entry in the journal to the last. Returns the exit code.
function Invoke-Run($suspend) {
  $over = $false
  Open-Journal
  if ($Run.Broken) { return 1 }
  try {
    $Run.BeganAt = Get-Utc
    foreach ($move in $Moves) { if ($move.Status -eq 'open') { $Run.Delay = (Get-Second) - $move.Start; break } }
    Initialize-Load
    Show-Resumed
    foreach ($move in $Moves) { if ($move.Status -eq 'running') { Resume-Move $move } }
    Restore-Works
    if ($suspend) { Suspend-Balancing }
    Suspend-Emptied
    Invoke-Plan
    $code = Complete-Run
    $over = $true
    return $code
  }
  catch {
    Add-Event 'stopped' $_.Exception.Message
    $over = $true
    throw
  }
  finally {
    if (-not $over) {
      Add-Event 'stopped' 'interrupted'
      if ($Run.Active.Count -gt 0) { Write-Warning ('Interrupted. These go on without the runbook: {0}.' -f (Get-Underway)) }
      Write-Warning ('Interrupted: {0}. Start it again to go on.' -f (Get-Progress))
    }
    Stop-Scripts
    # Before load balancing is on again: it would fill what is empty.
    Suspend-Begun
    Restore-Balancing
  }
}

# Returns the exit code.
function Invoke-Runbook {
  if (-not $Resume) { Write-Host $Plan.Summary }
  Test-Modules
  if ($Run.Faults.Count -gt 0) { Show-Leftover; Show-Faults; return 2 }
  if ($Asking.WhatIf) {
    Restore-Balancing
    if (-not (Test-Ready)) { return 2 }
    if (Test-Resuming) { return (Invoke-Resume) }
    Show-Plan
    return 0
  }
  Lock-Journal
  try {
    Restore-Balancing
    if (-not (Test-Ready)) { return 2 }
    if (Test-Resuming) { return (Invoke-Resume) }
    $left = @(Get-Left)
    $suspend = $false
    if ($left.Count -gt 0) {
      if (-not (Confirm-Step ('{0} of the plan' -f (Format-Count @($left | Where-Object { $null -eq $_['Node'] }).Count @($left | Where-Object { $null -ne $_['Node'] }).Count)) 'Run')) { return 3 }
      Approve-Disruption
      $suspend = Approve-Suspension
    }
    $Run.Pausing = @(Approve-Pausing)
    if ($null -eq $Run.Begin) {
      if ($Plan.Start -eq '') { $Run.Second0 = Get-Utc }
      elseif ((Get-Second) -lt 0) {
        Wait-Start
        Test-Again
        Show-Faults
        if ($Run.Faults.Count -gt 0) { return 2 }
      }
    }
    return (Invoke-Run $suspend)
  }
  finally {
    Unlock-Journal
  }
}

$code = $null
try {
  $Run.Journal = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($JournalPath)
  $code = Invoke-Runbook
  if ($code -eq 2) { Write-Warning 'Nothing was moved.' }
}
catch {
  $code = 1
  Write-Error -Message $_.Exception.Message -ErrorAction Continue
}
finally {
  if ($PSCmdlet.MyInvocation.InvocationName -eq '.') {
    foreach ($name in @('JournalPath', 'Cluster', 'PollSeconds', 'MarginPercent', 'MarginSeconds', 'AllowStuckMinutes', 'OnWindow', 'SkipCompare', 'Work', 'WorkDone', 'Resume')) { Remove-Variable -Name $name -Scope 1 -ErrorAction Ignore }
  }
  if ($null -eq $code) {
    # Ctrl-C. PowerShell loses the exit code of a script with parameters here; the host does not. In a session with a prompt that would
    # end the session.
    $code = 3
    $arguments = [System.Environment]::GetCommandLineArgs()
    if (@($arguments -match '^[-/](f|file|c|command|enc\w*)$|\.ps1$').Count -gt 0 -and @($arguments -match '^[-/]noe').Count -eq 0) { $Host.SetShouldExit($code) }
    exit $code
  }
}
exit $code
}
`
