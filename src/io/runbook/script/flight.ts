/** A migration from its start to what has become of it. */
export const FLIGHT = `
# Seconds of silence after which the cluster is taken at its word, and after which a start that shows nothing is given up.
$SettleSeconds = 20
$SilenceSeconds = 120

function Add-Load($node, $move, $sign) {
  $vm = $VmOf[$move.Vm]
  if ($vm.State -eq 'running' -and $Run.Load.ContainsKey($node)) { $Run.Load[$node] = $Run.Load[$node] + $sign * $vm.MemoryMiB }
}

function Enter-Flight($move) {
  $move.Status = 'running'
  $move.StartedAt = Get-Second
  $move.SeenAt = $move.StartedAt
  $move.Step = ''
  $move.Job = $null
  $move.Cancelled = ''
  if ($move.Kind -ne 'save-in-place') { Add-Load $move.To $move 1 }
  $Run.Active += $move
}

function Exit-Flight($move) {
  $Run.Active = @($Run.Active | Where-Object { $_.Number -ne $move.Number })
}

# The journal is written first: a crash between the two leaves an entry that is looked up in reality, never a migration nobody knows of.
function Start-Move($move) {
  Add-MoveEvent 'started' $move '' ''
  Enter-Flight $move
  if ($move.Kind -eq 'save-in-place') { Write-Note ('{0}: saving on {1}' -f $move.Vm, $move.From) }
  else { Write-Note ('{0}: {1} -> {2} ({3})' -f $move.Vm, $move.From, $move.To, $move.Kind) }
  try {
    if ($move.Kind -eq 'live' -or $move.Kind -eq 'save') { Start-ClusterMove $move }
    else { Update-Move $move }
  }
  catch {
    Update-Failed $move ('it could not be started: {0}' -f $_.Exception.Message)
  }
}

function Update-Ended($move) {
  Add-MoveEvent 'ended' $move '' ''
  Exit-Flight $move
  Add-Load $move.From $move (-1)
  $move.Status = 'ended'
  Write-Note ('{0}: has ended' -f $move.Vm)
}

# What is known to have failed. The VM is where the cluster says; its memory counts there.
function Update-Failed($move, $detail) {
  $node = Get-Owner $move.Vm
  if ($node -eq '') { $node = $move.From }
  if ($move.Cancelled -ne '') { $detail = '{0} (cancelled: {1})' -f $detail, $move.Cancelled }
  Add-MoveEvent 'failed' $move $detail $node
  Exit-Flight $move
  if ($move.Kind -ne 'save-in-place') {
    Add-Load $move.To $move (-1)
    Add-Load $move.From $move (-1)
    Add-Load $node $move 1
  }
  $move.Status = 'failed'
  $move.Why = $detail
  Write-Warning ('{0}: failed, {1}. It is on {2}.' -f $move.Vm, $detail, $node)
}

# Cancels a live migration that a window is about to meet or that takes far too long. What cannot be cancelled, or does not end, is left
# alone after twice the time: it keeps its slots and memory here, and a later start looks it up.
function Test-Overdue($move) {
  $now = Get-Second
  $patience = 60 * $AllowStuckMinutes
  $over = $now - $move.StartedAt - $move.Seconds
  if ((Test-Live $move) -and $move.Cancelled -eq '') {
    $lead = [math]::Max($MarginSeconds, $PollSeconds)
    foreach ($window in $move.Windows) {
      if ($window.From -gt $move.StartedAt -and $window.From -le $now + $lead) {
        Stop-ClusterMove $move 'a window begins'
        return
      }
    }
    if ($over -ge $patience) { Stop-ClusterMove $move 'it takes too long' }
  }
  elseif ($over -ge 2 * $patience -and $move.Status -eq 'running') {
    $move.Status = 'lost'
    $move.Why = 'it does not end; its nodes count as busy'
    Write-Warning ('{0}: does not end. Look at it; until it has ended its nodes count as busy.' -f $move.Vm)
  }
}

# LIVE, SAVE: only an owner that is the target, with the VM online and nothing in transit, is an end.
function Update-ClusterMove($move) {
  $seen = Get-Standing $move.Vm
  $now = Get-Second
  if ($seen.Transit) {
    $move.SeenAt = $now
    Test-Overdue $move
    return
  }
  $online = ($seen.State -eq 'Online' -or $VmOf[$move.Vm].State -ne 'running')
  if ($seen.Owner -eq $move.To -and $online) {
    Update-Ended $move
    return
  }
  $silence = $now - $move.SeenAt
  if ($silence -ge $SettleSeconds) {
    # The host may know of a migration that the cluster does not show.
    if ((Get-Activity (Get-Machine $move.Vm $seen.Owner)) -eq 'MigratingVirtualMachine') {
      $move.SeenAt = $now
      Test-Overdue $move
      return
    }
    if ($seen.Owner -eq $move.To) { Update-Failed $move ('it has arrived, but is {0}' -f $seen.State); return }
    if ($seen.Owner -ne $move.From) { Update-Failed $move ('it is on another node, {0}' -f $seen.State); return }
    if ($move.Cancelled -ne '') { Update-Failed $move 'it was cancelled'; return }
    # From before this start, these two would be gone by now.
    if ($seen.Phase -eq 4) { Update-Failed $move 'somebody has cancelled it'; return }
    if ($seen.Phase -eq 5) { Update-Failed $move 'the cluster reports a failure'; return }
  }
  # Perhaps it is only queued: cancelled first, so that it cannot begin behind our back.
  if ($silence -ge $SilenceSeconds) {
    if (-not (Test-Live $move)) { Update-Failed $move 'nothing is seen of it'; return }
    Stop-ClusterMove $move 'nothing is seen of it'
    $move.SeenAt = $now
  }
  Test-Overdue $move
}

# RESTART: each step follows from where the VM is and whether it runs, so that a start after a crash goes on with the right one.
function Update-Restart($move) {
  $seen = Get-Standing $move.Vm
  $now = Get-Second
  if ($seen.Transit) { $move.SeenAt = $now; Test-Overdue $move; return }
  if (@($move.From, $move.To) -notcontains $seen.Owner) { Update-Failed $move ('it is on another node, {0}' -f $seen.State); return }
  $machine = Get-Machine $move.Vm $seen.Owner
  $state = [string]$machine.State
  $failure = Get-JobFailure $move
  if ($failure -eq '' -and $move.Step -eq 'move' -and $seen.Owner -eq $move.From -and $now - $move.SeenAt -ge $SilenceSeconds) { $failure = 'its role does not move' }
  if ($failure -eq '') {
    try {
      if ($seen.Owner -eq $move.To -and $state -eq 'Running') { Update-Ended $move; return }
      if ($seen.Owner -eq $move.To -and $state -eq 'Off' -and $move.Step -ne 'start') { Start-Guest $move $machine; $move.SeenAt = $now }
      if ($seen.Owner -eq $move.From -and $state -eq 'Running' -and $move.Step -eq '') { Stop-Guest $move $machine; $move.SeenAt = $now }
      if ($seen.Owner -eq $move.From -and $state -eq 'Off' -and $move.Step -ne 'move') { Move-Stopped $move $machine; $move.SeenAt = $now }
    }
    catch {
      $failure = 'the {0} step has failed: {1}' -f $move.Step, $_.Exception.Message
    }
  }
  if ($failure -eq '') { Test-Overdue $move; return }
  # A VM that was taken down is not left down, where that can be helped.
  if ($state -eq 'Off' -and $move.Step -ne 'start') {
    try {
      $null = Start-VM -VM $machine -AsJob -Confirm:$false
      $failure = $failure + '; it is being started where it is'
    }
    catch {
      $failure = '{0}; it is OFF and could not be started: {1}' -f $failure, $_.Exception.Message
    }
  }
  elseif ($state -eq 'Off') { $failure = $failure + '; it is OFF' }
  Update-Failed $move $failure
}

function Update-Save($move) {
  if ((Get-Owner $move.Vm) -ne $move.From) { Update-Failed $move 'it is on another node'; return }
  $machine = Get-Machine $move.Vm $move.From
  $state = [string]$machine.State
  if ($state -eq 'Saved') { Update-Ended $move; return }
  $failure = Get-JobFailure $move
  if ($failure -eq '' -and $state -eq 'Running' -and $move.Step -eq '') {
    try { Save-Guest $move $machine } catch { $failure = 'it could not be saved: {0}' -f $_.Exception.Message }
  }
  if ($failure -ne '') { Update-Failed $move $failure; return }
  Test-Overdue $move
}

function Update-Move($move) {
  if ($move.Kind -eq 'restart') { Update-Restart $move }
  elseif ($move.Kind -eq 'save-in-place') { Update-Save $move }
  else { Update-ClusterMove $move }
}
`
