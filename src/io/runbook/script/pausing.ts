/** Nodes that the plan empties: paused, so that nothing comes back to them, and resumed when people say so. */
export const PAUSING = String.raw`
# By the object: a name may have wildcards in it.
function Get-Node($name) {
  return FailoverClusters\Get-ClusterNode -Cluster $Cluster | Where-Object { Test-Same $_.Name $name }
}

# What the plan is to empty, and no start has paused yet. One that somebody else has paused stays theirs.
function Get-Pausable {
  return @($Nodes | Where-Object { $_.Drain -and $_.State -eq 'up' -and -not $Run.Paused.ContainsKey($_.Name) -and $Run.Nodes[$_.Name] -eq 'Up' })
}

# What is paused now. On request also what the journal knows nothing of, and nodes of works.
function Get-Resumable {
  return @($Nodes | Where-Object { (($_.Drain -and $_.State -eq 'up') -or ($Resume -and $WorkOf.ContainsKey($_.Name))) -and $Run.Nodes[$_.Name] -eq 'Paused' -and ($Resume -or $Run.Paused[$_.Name] -eq 'node-paused') })
}

# VMs that run there.
function Get-Residents($node) {
  return @($Run.Groups.GetEnumerator() | Where-Object { $Run.Resources.ContainsKey($_.Key) -and [string]$_.Value.State -eq 'Online' -and (Test-Same (Get-NameOf $_.Value.OwnerNode) $node) } | ForEach-Object { $_.Key } | Sort-Object)
}

# Without -Drain: it moves nothing.
function Suspend-Quietly($name) {
  $null = FailoverClusters\Suspend-ClusterNode -InputObject (Get-Node $name) -Confirm:$false
  $Run.Paused[$name] = 'node-paused'
  $Run.Nodes[$name] = 'Paused'
  Add-NodeEvent 'node-paused' $name
}

# No -Failback: nothing was drained, so nothing is to come back by itself.
function Resume-Quietly($name) {
  $null = FailoverClusters\Resume-ClusterNode -InputObject (Get-Node $name) -Failback NoFailback
  $Run.Paused[$name] = 'node-resumed'
  $Run.Nodes[$name] = 'Up'
  if ($Run.Open -or $null -ne $Run.Begin) { Add-NodeEvent 'node-resumed' $name }
  Write-Note ('{0}: is resumed' -f $name)
}

function Suspend-Node($node) {
  try { Suspend-Quietly $node.Name }
  catch {
    Write-Warning ('{0}: could not be paused, so VMs may come back to it: {1}' -f $node.Name, $_.Exception.Message)
    return
  }
  $text = '{0}: is paused; nothing comes back to it' -f $node.Name
  $residents = @(Get-Residents $node.Name)
  if ($residents.Count -gt 0) { Write-Warning ('{0}. It is not empty: {1}' -f $text, ($residents -join ', ')) } else { Write-Note $text }
}

# As soon as all that the plan has there is done.
function Suspend-Emptied {
  foreach ($node in @($Run.Pausing)) {
    $open = @($Moves | Where-Object { $_.Status -ne 'ended' -and ((Test-Same $_.From $node.Name) -or (Test-Same $_.To $node.Name)) })
    if ($open.Count -gt 0) { continue }
    $Run.Pausing = @($Run.Pausing | Where-Object { -not (Test-Same $_.Name $node.Name) })
    Suspend-Node $node
  }
}

# At the end of this start, whatever is left: what has moved away must not come back. A node that something is still to arrive on, or that
# has a VM to be started again, has to stay up: a paused one takes neither.
function Suspend-Begun {
  foreach ($node in @($Run.Pausing)) {
    $there = @($Moves | Where-Object { (Test-Same $_.From $node.Name) -or (Test-Same $_.To $node.Name) })
    if (@($there | Where-Object { $_.Status -eq 'ended' }).Count -eq 0) { continue }
    $needed = ''
    foreach ($move in $there) {
      if ($move.Status -eq 'ended') { continue }
      if (-not (Test-Same $move.To $move.From) -and (Test-Same $move.To $node.Name)) { $needed = '{0} is still to arrive there' -f $move.Vm }
      elseif ($VmOf[$move.Vm].State -eq 'running' -and (Test-Same (Get-Owner $move.Vm) $node.Name) -and [string]$Run.Groups[$move.Vm].State -ne 'Online') { $needed = '{0} is down there' -f $move.Vm }
    }
    if ($needed -ne '') { Write-Warning ('{0}: is not paused, since {1}. VMs may come back to it.' -f $node.Name, $needed) }
    else { Suspend-Node $node }
  }
  $Run.Pausing = @()
}

# Returns the exit code.
function Invoke-Resume {
  $code = 0
  $resumable = @(Get-Resumable)
  if ($resumable.Count -eq 0) { Write-Note 'No node that the plan empties is paused' }
  foreach ($node in $resumable) {
    if (-not (Confirm-Step $node.Name 'Resume the paused node')) { if (-not $Asking.WhatIf) { $code = 3 }; continue }
    Resume-Quietly $node.Name
  }
  return $code
}
`
