/** A migration from its start to what has become of it. */
export const FLIGHT = String.raw`
# Seconds of silence after which the cluster is taken at its word, and after which a start that shows nothing is given up.
$SettleSeconds = 20
$SilenceSeconds = 120
# Seconds before a window at which what is still under way is cancelled.
$LeadSeconds = [math]::Max($MarginSeconds, 2)
# The order of a restart's steps: none is taken back.
$Steps = @('', 'stop', 'move', 'start')

# What the VM takes of each space counts on the node, or with -1 no more; of a VM that only stops running there, what it does not keep.
function Add-Load($node, $move, $sign) {
  if (-not $Run.Load.ContainsKey($node)) { return }
  $takes = $VmOf[$move.Vm].Takes
  for ($i = 0; $i -lt $Spaces.Count; $i++) {
    if ((Test-InPlace $move) -and $Spaces[$i].Kept) { continue }
    $Run.Load[$node][$i] = $Run.Load[$node][$i] + $sign * $takes[$i]
  }
}

# It counts on its target from now on.
function Add-Arrival($move) { if (-not (Test-InPlace $move) -or (Test-Waking $move)) { Add-Load $move.To $move 1 } }

# It counts no more on the node that it was to leave.
function Remove-Departure($move) { if (-not (Test-Waking $move)) { Add-Load $move.From $move (-1) } }

# It counts where the VM is.
function Restore-Load($move, $node) {
  if (Test-Waking $move) { Add-Load $move.To $move (-1) }
  if (Test-InPlace $move) { return }
  Add-Load $move.To $move (-1)
  Add-Load $move.From $move (-1)
  Add-Load $node $move 1
}

function Enter-Flight($move) {
  $move.Status = 'running'
  $move.StartedAt = Get-Second
  $move.SeenAt = $move.StartedAt
  $move.Seen = $false
  $move.Step = ''
  $move.Job = $null
  $move.Cancelled = ''
  $move.Doubt = ''
  Add-Arrival $move
  $Run.Active += $move
}

function Exit-Flight($move) {
  Clear-Job $move
  $Run.Changed = $true
  $Run.Active = @($Run.Active | Where-Object { $_.Number -ne $move.Number })
}

# The journal is written first: a crash between the two leaves an entry that is looked up in reality, never a migration nobody knows of.
function Start-Move($move) {
  Add-MoveEvent 'started' $move '' ''
  if ($Run.Broken) { return }
  Enter-Flight $move
  $Run.Delay = $move.StartedAt - $move.Start
  if ($move.Kind -eq 'stop-in-place') { Write-Note ('{0}: shutting down on {1}' -f $move.Vm, $move.From) }
  elseif (Test-Waking $move) { Write-Note ('{0}: starting on {1}' -f $move.Vm, $move.From) }
  elseif (Test-InPlace $move) { Write-Note ('{0}: saving on {1}' -f $move.Vm, $move.From) }
  else { Write-Note ('{0}: {1} -> {2} ({3})' -f $move.Vm, $move.From, $move.To, $move.Kind) }
  if ($move.Kind -eq 'live' -or $move.Kind -eq 'save') {
    try { Start-ClusterMove $move } catch { Update-Doubtful $move ('it could not be started: {0}' -f $_.Exception.Message) }
  }
  else { Update-Move $move }
}

# What was begun by an earlier start, and is half done or perhaps accepted without a trace so far.
function Resume-Move($move) {
  if ($move.Logged -ne 'started') { Add-MoveEvent 'started' $move '' '' }
  Enter-Flight $move
  $move.Again = (-not $move.Half -and -not (Get-Standing $move.Vm).Transit)
  if ($move.Again -and (Test-Live $move)) { Stop-ClusterMove $move 'in case it is still to begin' }
}

# The command has failed, but may have been taken all the same. It is cancelled, so that it cannot begin behind our back, and looked at
# like any other.
function Update-Doubtful($move, $why) {
  $move.Doubt = $why
  Update-View
  $seen = Get-Standing $move.Vm
  if ((Test-Live $move) -and -not $seen.Transit -and (Test-Same $seen.Owner $move.From)) { Stop-ClusterMove $move 'its start has failed' }
}

function Update-Ended($move) {
  Add-MoveEvent 'ended' $move '' ''
  Exit-Flight $move
  Remove-Departure $move
  $move.Status = 'ended'
  Write-Note ('{0}: has ended; {1}' -f $move.Vm, (Get-Progress))
  Suspend-Emptied
}

# What is known to have failed. The VM is where the cluster says; what it takes counts there.
function Update-Failed($move, $detail) {
  $node = Get-Owner $move.Vm
  if ($node -eq '') { $node = $move.From }
  Add-MoveEvent 'failed' $move $detail $node
  Exit-Flight $move
  Restore-Load $move $node
  $move.Why = $detail
  if ($move.Again) {
    $move.Status = 'open'
    $move.Again = $false
    Write-Note ('{0}: was not under way any more; it is tried again' -f $move.Vm)
    return
  }
  $move.Status = 'failed'
  Write-Warning ('{0}: failed, {1}. It {2}.' -f $move.Vm, $detail.TrimEnd('.'), (Get-Whereabouts $move.Vm))
}

# Cancels a live migration that a window is about to meet or that takes far too long. What cannot be cancelled, or does not end, is left
# alone after twice the time: it keeps its slots and memory here, and a later start looks it up.
function Test-Overdue($move) {
  $now = Get-Second
  $patience = 60 * $AllowStuckMinutes
  $over = $now - $move.StartedAt - $move.Seconds
  if ((Test-Live $move) -and $move.Cancelled -eq '') {
    foreach ($window in $move.Windows) {
      if ($window.From -gt $move.StartedAt -and $window.From -le $now + $LeadSeconds) {
        Stop-ClusterMove $move 'a window begins'
        return
      }
    }
    if ($over -ge $patience) { Stop-ClusterMove $move 'it takes too long' }
  }
  elseif ($over -ge 2 * $patience -and $move.Status -eq 'running') {
    $move.Status = 'lost'
    $Run.Changed = $true
    $move.Why = 'it does not end, and its nodes count as busy'
    Write-Warning ('{0}: does not end. Look at it; until it has ended its nodes count as busy.' -f $move.Vm)
  }
}

# Live, save: only an owner that is the target, with the VM online and nothing in transit, is an end.
function Update-ClusterMove($move) {
  $seen = Get-Standing $move.Vm
  $now = Get-Second
  if ($seen.Transit) {
    $move.SeenAt = $now
    $move.Seen = $true
    $move.Again = $false
    Test-Overdue $move
    return
  }
  if (Test-Reached $move $seen) {
    Update-Ended $move
    return
  }
  $silence = $now - $move.SeenAt
  if ($silence -ge $SettleSeconds) {
    # The host may know of a migration that the cluster does not show.
    if ((Get-Activity (Get-Machine $move.Vm $seen.Owner)) -eq 'MigratingVirtualMachine') {
      $move.SeenAt = $now
      $move.Seen = $true
      Test-Overdue $move
      return
    }
    $why = ''
    if (Test-Same $seen.Owner $move.To) { $why = 'it has arrived, but is {0}' -f $seen.State }
    elseif (-not (Test-Same $seen.Owner $move.From)) { $why = 'it is on another node, {0}' -f $seen.State }
    elseif ($move.Doubt -ne '' -and ($move.Cancelled -ne '' -or $silence -ge $SilenceSeconds)) { $why = $move.Doubt }
    elseif ($move.Cancelled -ne '') { $why = 'it was cancelled: {0}' -f $move.Cancelled }
    # These two stay from an earlier migration while this one is queued: then they say nothing of it.
    elseif ($seen.Phase -eq 4 -and ($move.Seen -or $move.OldPhase -ne 4)) { $why = 'somebody has cancelled it' }
    elseif ($seen.Phase -eq 5 -and ($move.Seen -or $move.OldPhase -ne 5)) { $why = 'the cluster reports a failure' }
    elseif ($silence -ge $SilenceSeconds -and -not (Test-Live $move)) { $why = 'nothing is seen of it' }
    elseif ($move.Again -and -not (Test-Live $move)) { $why = 'it was not under way any more when the run was resumed' }
    if ($why -ne '') { Update-Failed $move $why; return }
  }
  # Perhaps it is only queued: cancelled first, so that it cannot begin behind our back.
  if ($silence -ge $SilenceSeconds) {
    Stop-ClusterMove $move 'nothing is seen of it'
    $move.SeenAt = $now
  }
  Test-Overdue $move
}

# A step that has reported an error may go through all the same: it has failed when some seconds later it has not.
function Get-StepFailure($move) {
  if ($move.Doubt -eq '') {
    $move.Doubt = Get-JobFailure $move
    if ($move.Doubt -eq '') { return '' }
    $move.SeenAt = Get-Second
  }
  if ((Get-Second) - $move.SeenAt -lt $SettleSeconds) { return '' }
  return $move.Doubt
}

function Start-Step($move, $machine, $step) {
  Clear-Job $move
  $move.Step = $step
  $move.Doubt = ''
  $move.SeenAt = Get-Second
  try {
    if ($step -eq 'stop') { Stop-Guest $move $machine }
    elseif ($step -eq 'move') { Move-Stopped $move $machine }
    elseif ($step -eq 'save') { Save-Guest $move $machine }
    else { Start-Guest $move $machine }
  }
  catch {
    $move.Doubt = 'the {0} step has failed: {1}' -f $step, $_.Exception.Message
  }
}

# The step that is due follows from where the VM is and whether it runs: so a start after a crash or a failure goes on with the right one.
function Get-DueStep($move, $owner, $state) {
  $down = (@('Off', 'Saved') -contains $state)
  if (Test-Same $owner $move.To) { if ($down) { return 'start' } }
  elseif ($down) { return 'move' }
  elseif ($state -eq 'Running') { return 'stop' }
  return ''
}

# Restart; and a save that an earlier start has left half done.
function Update-Steps($move) {
  $seen = Get-Standing $move.Vm
  if ($seen.Transit) { $move.SeenAt = Get-Second; Test-Overdue $move; return }
  if (-not (Test-Same $seen.Owner $move.From) -and -not (Test-Same $seen.Owner $move.To)) { Update-Failed $move ('it is on another node, {0}' -f $seen.State); return }
  $machine = Get-Machine $move.Vm $seen.Owner
  $state = [string]$machine.State
  if ((Test-Same $seen.Owner $move.To) -and $state -eq 'Running') { Update-Ended $move; return }
  $due = Get-DueStep $move $seen.Owner $state
  $failure = ''
  if ($due -ne '' -and [array]::IndexOf($Steps, $due) -lt [array]::IndexOf($Steps, $move.Step)) { $failure = 'somebody has started it on {0}' -f $seen.Owner }
  elseif ($due -eq 'stop' -and $move.Kind -ne 'restart') { $failure = 'somebody has started it on {0}' -f $seen.Owner }
  elseif ($due -ne '' -and $due -ne $move.Step) { Start-Step $move $machine $due }
  elseif ($due -ne '') {
    $failure = Get-StepFailure $move
    if ($failure -eq '' -and $due -eq 'move' -and (Get-Second) - $move.SeenAt -ge $SilenceSeconds) { $failure = 'its role does not move' }
  }
  if ($failure -eq '') { Test-Overdue $move; return }
  # A VM that was taken down is not left down, where that can be helped.
  if ($due -eq 'move' -and $state -eq 'Off') {
    try {
      $null = Hyper-V\Start-VM -VM $machine -AsJob -Confirm:$false
      $failure = $failure + '; it is being started where it is'
    }
    catch {
      $failure = '{0}; it could not be started where it is: {1}' -f $failure, $_.Exception.Message
    }
  }
  Update-Failed $move $failure
}

# Save, stop or start in place.
function Update-InPlace($move) {
  if (-not (Test-Same (Get-Owner $move.Vm) $move.From)) { Update-Failed $move 'it is on another node'; return }
  $machine = Get-Machine $move.Vm $move.From
  $state = [string]$machine.State
  if ($state -eq (Get-RestState $move)) { Update-Ended $move; return }
  $failure = ''
  $step = 'save'
  $before = @('Running')
  if ($move.Kind -eq 'stop-in-place') { $step = 'stop' }
  if (Test-Waking $move) { $step = 'start'; $before = @('Saved', 'Off') }
  if ($before -contains $state -and $move.Step -eq '') { Start-Step $move $machine $step }
  else { $failure = Get-StepFailure $move }
  if ($failure -ne '') { Update-Failed $move $failure; return }
  Test-Overdue $move
}

function Update-Move($move) {
  if ($move.Kind -eq 'restart' -or $move.Half) { Update-Steps $move }
  elseif (Test-InPlace $move) { Update-InPlace $move }
  else { Update-ClusterMove $move }
}
`
