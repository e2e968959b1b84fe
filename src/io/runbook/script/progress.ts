/** The plan's tables by name, and how far an earlier start has come with them. */
export const PROGRESS = `
# Looks up what the plan's tables refer to, and gives each migration what changes with it.
$NodeOf = @{}
$VmOf = @{}
$vmMoves = @{}
$Apart = @{}
$Together = @{}
foreach ($node in $Nodes) {
  $NodeOf[$node.Name] = $node
  $Run.Load[$node.Name] = 0.0
}
foreach ($vm in $Vms) {
  $VmOf[$vm.Name] = $vm
  $vmMoves[$vm.Name] = @()
  foreach ($group in $vm.Apart) { $Apart[$group] = @($Apart[$group] | Where-Object { $null -ne $_ }) + @($vm.Name) }
  if ($vm.Together -ge 0) { $Together[$vm.Together] = @($Together[$vm.Together] | Where-Object { $null -ne $_ }) + @($vm.Name) }
}
$windowsOf = @{}
foreach ($window in $Windows) {
  $key = ''
  if ($window.Vm -ne '') { $key = 'vm ' + $window.Vm }
  if ($window.Node -ne '') { $key = 'node ' + $window.Node }
  if (-not $windowsOf.ContainsKey($key)) { $windowsOf[$key] = @() }
  $windowsOf[$key] += $window
}
function Get-Listed($key) {
  if ($windowsOf.ContainsKey($key)) { return $windowsOf[$key] }
}
$number = 0
foreach ($move in $Moves) {
  $move.Number = $number
  $move.Status = 'open'   # open, held, running, lost; settled: ended, failed, left, declined
  $move.Block = ''
  $move.Why = ''
  $move.HostSince = -1
  $move.Windows = @(Get-Listed '') + @(Get-Listed ('vm ' + $move.Vm)) + @(Get-Listed ('node ' + $move.From))
  if ($move.To -ne $move.From) { $move.Windows += @(Get-Listed ('node ' + $move.To)) }
  $vmMoves[$move.Vm] += $move
  $number++
}

function Test-Reached($move, $seen) {
  if ($seen.Transit -or $seen.Owner -ne $move.To) { return $false }
  if ($move.Kind -eq 'save-in-place') { return ([string](Get-Machine $move.Vm $seen.Owner).State -eq 'Saved') }
  return ($seen.State -eq 'Online' -or $VmOf[$move.Vm].State -ne 'running')
}

# What the journal says of an earlier start, and what has become of what it has as under way. Reality decides.
function Read-Progress {
  foreach ($entry in $Run.Entries) {
    if (@('started', 'ended', 'failed') -notcontains $entry.event) { continue }
    $list = $vmMoves[$entry.vm.Substring(1)]
    if ($null -eq $list -or $entry.leg -ge $list.Count) { $Run.Faults += 'The journal names a migration that the plan does not have.'; return }
    $move = $list[$entry.leg]
    if ($entry.event -eq 'started') { $move.Status = 'hanging' }
    elseif ($entry.event -eq 'ended') { $move.Status = 'ended' }
    else { $move.Status = 'open' }
  }
  if ($null -eq $Run.Begin) { return }
  foreach ($vm in $Vms) {
    foreach ($move in $vmMoves[$vm.Name]) {
      if ($move.Status -eq 'ended') { continue }
      $seen = Get-Standing $vm.Name
      if (Test-Reached $move $seen) {
        $move.Status = 'ended'
        $Run.Found += @{ Event = 'ended'; Move = $move; Detail = ''; Node = '' }
        continue
      }
      if ($move.Status -eq 'hanging') {
        $half = ($move.Kind -eq 'restart' -and $seen.State -ne 'Online' -and @($move.From, $move.To) -contains $seen.Owner)
        if ($seen.Transit -or $half) { $move.Status = 'running' }
        else {
          $move.Status = 'open'
          $Run.Found += @{ Event = 'failed'; Move = $move; Detail = 'it was not under way any more when the run was resumed'; Node = (Get-Expected $vm.Name) }
        }
      }
      break
    }
  }
}

# Where each VM's memory counts at the beginning of this start.
function Initialize-Load {
  foreach ($vm in $Vms) {
    if ($vm.State -ne 'running') { continue }
    $node = Get-Owner $vm.Name
    foreach ($move in $vmMoves[$vm.Name]) {
      if ($move.Status -eq 'ended' -and $move.Kind -eq 'save-in-place') { $node = '' }
      # Until it is known to have ended, it counts on both nodes, whichever owns it now.
      if ($move.Status -eq 'running') { $node = $move.From }
    }
    if ($Run.Load.ContainsKey($node)) { $Run.Load[$node] = $Run.Load[$node] + $vm.MemoryMiB }
  }
}
`
