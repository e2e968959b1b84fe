/** What the runbook asks the cluster, and the few commands that change something. */
export const CLUSTER = `
# One look at all groups and nodes. Names are never passed to -Name, which would take brackets and asterisks for wildcards.
function Update-View {
  $groups = @{}
  foreach ($group in @(Get-ClusterGroup -Cluster $Cluster)) { $groups[$group.Name] = $group }
  $nodes = @{}
  foreach ($node in @(Get-ClusterNode -Cluster $Cluster)) { $nodes[$node.Name] = [string]$node.State }
  $Run.Groups = $groups
  $Run.Nodes = $nodes
}

function Update-Resources {
  foreach ($resource in @(Get-ClusterResource -Cluster $Cluster)) {
    if ([string]$resource.ResourceType -ne 'Virtual Machine') { continue }
    $Run.Resources[$resource.OwnerGroup.Name] = $resource
  }
}

function Get-Private($vm, $name) {
  $resource = $Run.Resources[$vm]
  if ($null -eq $resource) { return $null }
  foreach ($parameter in @(Get-ClusterParameter -InputObject $resource)) {
    if ($parameter.Name -eq $name) { return $parameter.Value }
  }
  return $null
}

function Get-Owner($vm) {
  $group = $Run.Groups[$vm]
  if ($null -eq $group) { return '' }
  return $group.OwnerNode.Name
}

# Phase is MigrationState: 0 none, 1 setup, 2 data transfer, 3 move, 4 cancelled, 5 failed (the last two stay until the next migration).
function Get-Standing($vm) {
  $group = $Run.Groups[$vm]
  if ($null -eq $group) { return @{ Owner = ''; State = 'missing'; Phase = 0; Transit = $false } }
  $value = Get-Private $vm 'MigrationState'
  $phase = 0
  if ($null -ne $value) { $phase = [int]$value }
  $state = [string]$group.State
  return @{
    Owner = $group.OwnerNode.Name
    State = $state
    Phase = $phase
    Transit = (($phase -ge 1 -and $phase -le 3) -or $state -eq 'Pending')
  }
}

function Get-Machine($vm, $node) {
  if (-not $Run.Ids.ContainsKey($vm)) { $Run.Ids[$vm] = [string](Get-Private $vm 'VmID') }
  return Get-VM -ComputerName $node -Id $Run.Ids[$vm]
}

# Backups, checkpoints, merges: while one of them runs, a VM must not migrate.
function Get-Activity($machine) {
  $busy = @('BackingUpVirtualMachine', 'CreatingSnapshot', 'ApplyingSnapshot', 'DeletingSnapshot', 'MergingDisks', 'ExportingVirtualMachine', 'MigratingVirtualMachine')
  foreach ($status in @($machine.PrimaryOperationalStatus, $machine.SecondaryOperationalStatus)) {
    if ($busy -contains [string]$status) { return [string]$status }
  }
  return ''
}

function Get-FreeMiB($node) {
  return (Get-CimInstance -ClassName Win32_OperatingSystem -ComputerName $node).FreePhysicalMemory / 1024
}

# MiB that the VM takes now. With dynamic memory that is more or less than the plan has.
function Get-NeedMiB($machine, $planned) {
  $assigned = $machine.MemoryAssigned / 1048576
  if ($assigned -gt 0) { return $assigned }
  return $planned
}

# A VM that does not run has no memory to send: the cluster moves its role as it is, and there is nothing to cancel.
function Test-Live($move) {
  return ($move.Kind -eq 'live' -and $VmOf[$move.Vm].State -eq 'running')
}

function Start-ClusterMove($move) {
  $type = 'Quick'
  if (Test-Live $move) { $type = 'Live' }
  $null = Move-ClusterVirtualMachineRole -InputObject $Run.Groups[$move.Vm] -Node $move.To -MigrationType $type -Wait 0
}

function Stop-ClusterMove($move, $why) {
  $move.Cancelled = $why
  Write-Note ('{0}: cancelling, {1}' -f $move.Vm, $why)
  try {
    $null = Move-ClusterVirtualMachineRole -InputObject $Run.Groups[$move.Vm] -Cancel
  }
  catch {
    Write-Note ('{0}: could not be cancelled: {1}' -f $move.Vm, $_.Exception.Message)
  }
}

# RESTART, first step: the guest shuts down. Never forced.
function Stop-Guest($move, $machine) {
  $move.Step = 'stop'
  $move.Job = Stop-VM -VM $machine -AsJob -Confirm:$false
}

# RESTART, second step: compatibility, which only a VM that is off takes, and the move.
function Move-Stopped($move, $machine) {
  $move.Step = 'move'
  try {
    Set-VMProcessor -VM $machine -CompatibilityForMigrationEnabled $true -CompatibilityForMigrationMode CommonClusterFeatureSet -Confirm:$false
  }
  catch {
    # Before Windows Server 2025, or an older configuration version: there is only the minimum set.
    Set-VMProcessor -VM $machine -CompatibilityForMigrationEnabled $true -Confirm:$false
  }
  Start-ClusterMove $move
}

# RESTART, last step.
function Start-Guest($move, $machine) {
  $move.Step = 'start'
  $move.Job = Start-VM -VM $machine -AsJob -Confirm:$false
}

# SAVE IN PLACE: the VM stands still on its node until somebody resumes it.
function Save-Guest($move, $machine) {
  $move.Step = 'save'
  $move.Job = Save-VM -VM $machine -AsJob -Confirm:$false
}

# Why the job of the step has failed; '' where it has not.
function Get-JobFailure($move) {
  if ($null -eq $move.Job -or [string]$move.Job.State -ne 'Failed') { return '' }
  $reason = $move.Job.JobStateInfo.Reason
  foreach ($child in $move.Job.ChildJobs) { if ($null -eq $reason) { $reason = $child.JobStateInfo.Reason } }
  if ($null -eq $reason) { return 'the {0} step has failed' -f $move.Step }
  return 'the {0} step has failed: {1}' -f $move.Step, $reason.Message
}
`
