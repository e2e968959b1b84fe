#Requires -Version 5.1

<#
.SYNOPSIS
Writes what vmferry needs to know of a Hyper-V cluster, or of single hosts, into one JSON file.

.DESCRIPTION
Reads nodes, CPUs, memory, networks, live-migration settings, VMs with their disks and devices, owners and affinity rules, and on request the
schedules of Windows Server Backup and Veeam. It changes nothing: it calls Get-* cmdlets and CIM queries, and writes the one file.

What cannot be read, because access is denied, a node does not answer or a module is missing, becomes an entry of Warnings in the file,
with node and text; the rest is read all the same. "vmferry import hyperv FILE" says what follows from each gap.

For Windows PowerShell 5.1, on a node or on a machine that has the Hyper-V and FailoverClusters modules and reaches the nodes by WinRM. Started in
PowerShell 7 it goes on in powershell.exe. It runs in constrained language mode too. docs/collect.md tells the rights it needs, each cmdlet
that it calls, and each field of the file.

.PARAMETER Cluster
Name of the cluster. Without it, and without -ComputerName: the cluster that this machine is a node of, or, where it has no cluster
service, this machine alone.

.PARAMETER ComputerName
Names of Hyper-V hosts that are in no cluster. Not together with -Cluster.

.PARAMETER OutFile
The file to write, in UTF-8. An existing file is replaced once everything is read. Default: vmferry-inventory.json in the current folder.

.PARAMETER Coreinfo
Either a folder that has the output of "Coreinfo.exe -f" as NODE.txt for each node (nodes without a file are looked up by their CPU
signature), or the path of Coreinfo.exe as it stands on every node: it is then run there, which accepts its licence for your account.

.PARAMETER IncludeBackups
Also reads the schedules of Windows Server Backup on each node, and the jobs of Veeam Backup & Replication where its PowerShell module is
on this machine and connected to its server.

.PARAMETER BackupMinutes
How long a backup is taken to last where no earlier run tells. 1 to 1440, default 60.

.PARAMETER Exclude
Names of nodes that are not read: nothing is planned to them or from them.

.EXAMPLE
.\Get-VmferryInventory.ps1 -Cluster CL01

.EXAMPLE
.\Get-VmferryInventory.ps1 -ComputerName HV01, HV02 -OutFile C:\Temp\two-hosts.json

.EXAMPLE
.\Get-VmferryInventory.ps1 -Cluster CL01 -Exclude HV04 -Coreinfo C:\Temp\coreinfo -IncludeBackups -BackupMinutes 90
#>
[CmdletBinding()]
param(
    [string]$Cluster = '',
    [string[]]$ComputerName = @(),
    [string]$OutFile = 'vmferry-inventory.json',
    [string]$Coreinfo = '',
    [switch]$IncludeBackups,
    [ValidateRange(1, 1440)]
    [int]$BackupMinutes = 60,
    [string[]]$Exclude = @()
)

# Dot-sourced, everything below would stay in the caller's session.
if ($MyInvocation.InvocationName -eq '.') {
    try { & $PSCommandPath @PSBoundParameters }
    finally { Remove-Variable -Name Cluster, ComputerName, OutFile, Exclude, Coreinfo, IncludeBackups, BackupMinutes -Scope 0 }
    return
}

# FailoverClusters has no module for PowerShell 7: it gives copies there, which have lost what they belong to.
if ($PSVersionTable.PSEdition -eq 'Core' -and $IsWindows) {
    # PowerShell takes five characters for a single quote.
    $quote = "(['\u2018-\u201b])"
    # Where its execution policy refuses the file, powershell.exe must not end with 0.
    $line = "`$ErrorActionPreference = 'Stop'; & '" + ($PSCommandPath -replace $quote, '$1$1') + "'"
    foreach ($name in $PSBoundParameters.Keys) {
        $value = $PSBoundParameters[$name]
        if ($value -is [switch]) { $line += " -${name}:`$$([bool]$value)" }
        else {
            $texts = @($value | ForEach-Object { "'" + ("$_" -replace $quote, '$1$1') + "'" }) -join ', '
            if ($value -is [array]) { $texts = "@($texts)" }
            $line += " -$name $texts"
        }
    }
    if (-not (Get-Command -Name powershell.exe -CommandType Application -ErrorAction SilentlyContinue)) {
        throw "This script is for Windows PowerShell 5.1, and there is no powershell.exe on the path. Start Windows PowerShell, and type: $line"
    }
    powershell.exe -NoProfile -Command "$line; exit `$LASTEXITCODE"
    exit $LASTEXITCODE
}

# The caller's settings end here. Not every version of Windows has every property: a missing one is null, a misspelt variable an error.
Set-StrictMode -Version 1.0
$ErrorActionPreference = 'Stop'
$WarningPreference = 'Continue'
$ConfirmPreference = 'None'
$WhatIfPreference = $false
$PSDefaultParameterValues = @{}

# In the file's order. Functions add rows to its tables.
$inventory = [ordered]@{
    Format = 'vmferry-inventory'
    Version = 1
    CollectedAt = ''
    CollectedOn = [string]$env:COMPUTERNAME
    PowerShell = [string]$PSVersionTable.PSVersion
    BackupsRead = [bool]$IncludeBackups
}
$tables = @('Cluster', 'Nodes', 'FaultDomains', 'ClusterNetworks', 'Groups', 'Resources', 'AntiAffinity', 'PreferredOwners',
    'PossibleOwners', 'AffinityRules', 'Hosts', 'Memory', 'Processors', 'Coreinfo', 'Adapters', 'Addresses', 'Offloads', 'MigrationNetworks', 'SmbLimits',
    'Switches', 'Guardians', 'Vms', 'VmProcessors', 'VmAdapters', 'HardDisks', 'VhdFiles', 'DvdDrives', 'AssignableDevices', 'GpuPartitions',
    'Security', 'Checkpoints', 'Backups', 'Warnings')
foreach ($table in $tables) { $inventory[$table] = @() }

# What follows from a failure is for the importer to say: here it is only told where it happened.
function Add-InventoryWarning {
    param([string]$Node, [string]$Source, [string]$Text)
    $inventory['Warnings'] += [ordered]@{ Node = $Node; Source = $Source; Text = $Text }
    Write-Warning ("$Node ${Source}: $Text".Trim())
}

# Of HRESULT, Win32 or CIM: the error's own words are in the language of Windows.
function Test-ErrorCode {
    param($Failure, [object[]]$Codes)
    $exception = $Failure.Exception
    for ($depth = 0; $exception -and $depth -lt 5; $depth++) {
        foreach ($code in @($exception.NativeErrorCode, $exception.HResult, $exception.MessageId)) {
            if ($Codes -contains "$code") { return $true }
        }
        $exception = $exception.InnerException
    }
    return $false
}

function Test-AccessDenied {
    param($Failure)
    return [string]$Failure.CategoryInfo.Category -eq 'PermissionDenied' -or [string]$Failure.Exception.Message -like '*denied*' -or
        (Test-ErrorCode $Failure @('5', '-2147024891', 'HRESULT 0x80070005', 'AccessDenied'))
}

# The WMI class is not there: Windows is older than what it describes.
function Test-InvalidClass {
    param($Failure)
    return [string]$Failure.Exception.Message -like '*Invalid class*' -or [string]$Failure.FullyQualifiedErrorId -like '*0x80041010*' -or
        (Test-ErrorCode $Failure @('InvalidClass', '-2147217392', 'HRESULT 0x80041010'))
}

# Runs one reading and puts out what it read. An error is tried again once, since it may be a passing one, and then ends this reading alone.
function Read-Source {
    param([string]$Node, [string]$Source, [scriptblock]$Read, [switch]$Once)
    try {
        try { $found = @(& $Read) }
        catch {
            if ($Once -or (Test-AccessDenied $_)) { throw }
            Start-Sleep -Seconds 1
            $found = @(& $Read)
        }
        $found
    }
    catch { Add-InventoryWarning -Node $Node -Source $Source -Text "$($_.Exception.Message)" }
}

# A row of an object: what is in First, properties as text (enums by name), and properties that are numbers or booleans.
function ConvertTo-Row {
    param($First, [string[]]$Text = @(), [string[]]$Value = @(), [Parameter(ValueFromPipeline)]$From)
    process {
        $row = [ordered]@{}
        foreach ($key in $First.Keys) { $row[$key] = $First[$key] }
        foreach ($key in $Text) { $row[$key] = [string]$From.$key }
        foreach ($key in $Value) { $row[$key] = $From.$key }
        $row
    }
}

# The cluster that this machine is a node of; nothing where it has no cluster service. Any other error of Get-Cluster ends the script: a node
# that is taken for a single host would be planned wrongly.
function Find-OwnCluster {
    $hint = 'Give -Cluster NAME, or -ComputerName NAME for a host that is in no cluster.'
    if (Get-Command -Name Get-Cluster -Module FailoverClusters -ErrorAction SilentlyContinue) {
        try { return (FailoverClusters\Get-Cluster -ErrorAction Stop).Name }
        catch {
            # 1060: there is no such service; 1062: it was not started; 1753: nobody listens.
            $none = [string]$_.Exception.Message -like '*cluster service is not running*' -or (Test-ErrorCode $_ @('1060', '1062', '1753'))
            if (-not $none) { throw "Get-Cluster: $($_.Exception.Message) $hint" }
        }
    }
    $service = Read-Source '' 'Win32_Service' {
        CimCmdlets\Get-CimInstance -ClassName Win32_Service -Filter "Name='ClusSvc'" -ErrorAction Stop
    }
    if ($service -and [string]$service.StartMode -ne 'Disabled') {
        throw "This machine is a node of a cluster, but its cluster service does not answer, or the module FailoverClusters is missing. $hint"
    }
}

# Without the cluster and its nodes there is nothing to read: these two may fail.
function Read-Cluster {
    param([string]$Name)
    $row = FailoverClusters\Get-Cluster -Name $Name -ErrorAction Stop | ConvertTo-Row -Text Name, Domain -Value ClusterFunctionalLevel,
        MaximumParallelMigrations, SetSMBBandwidthLimit, SMBBandwidthLimit, SetSMBBandwidthLimitFactor, SMBBandwidthLimitFactor,
        ClusterEnforcedAntiAffinity, AutoBalancerMode, AutoBalancerLevel
    $inventory['Nodes'] = @(FailoverClusters\Get-ClusterNode -Cluster $Name -ErrorAction Stop |
            ConvertTo-Row -Text Name, State, DrainStatus, StatusInformation)
    $parameters = @(Read-Source '' 'Get-ClusterParameter' {
            $type = FailoverClusters\Get-ClusterResourceType -Cluster $Name -Name 'Virtual Machine' -ErrorAction Stop
            FailoverClusters\Get-ClusterParameter -InputObject $type -ErrorAction Stop
        })
    foreach ($key in @('MoveTypeThreshold', 'MigrationExcludeNetworks', 'MigrationNetworkOrder')) {
        $row[$key] = $null
        foreach ($parameter in $parameters) { if ($parameter.Name -eq $key) { $row[$key] = [string]$parameter.Value } }
    }
    $inventory['Cluster'] = @($row)
    $inventory['ClusterNetworks'] = @(Read-Source '' 'Get-ClusterNetwork' {
            FailoverClusters\Get-ClusterNetwork -Cluster $Name -ErrorAction Stop |
                ConvertTo-Row -Text Name, Id, Role, State, Address, AddressMask -Value Metric
        })
    $inventory['FaultDomains'] = @(Read-NewerClass 'Get-ClusterFaultDomain' {
            FailoverClusters\Get-ClusterFaultDomain -CimSession $Name -ErrorAction Stop | ConvertTo-Row -Text Name, Type, ParentName
        })
    $inventory['AffinityRules'] = @(Read-NewerClass 'Get-ClusterAffinityRule' {
            foreach ($rule in @(FailoverClusters\Get-ClusterAffinityRule -CimSession $Name -ErrorAction Stop)) {
                foreach ($group in @($rule.Groups)) {
                    if ($group) { $rule | ConvertTo-Row @{ Group = [string]$group } -Text Name, RuleType, Enabled, SoftAntiAffinity }
                }
            }
        })
}

# What a station's module asks for and an older cluster does not have, it has none of.
function Read-NewerClass {
    param([string]$Cmdlet, [scriptblock]$ReadClass)
    if (Get-Command -Name $Cmdlet -Module FailoverClusters -ErrorAction SilentlyContinue) {
        Read-Source '' $Cmdlet {
            try { & $ReadClass }
            catch { if (-not (Test-InvalidClass $_)) { throw } }
        }
    }
}

# Roles that are VMs. Owners and parameters are asked by object: a name may have wildcards in it.
function Read-Role {
    param([string]$Name)
    $groups = @(Read-Source '' 'Get-ClusterGroup' {
            FailoverClusters\Get-ClusterGroup -Cluster $Name -ErrorAction Stop | Where-Object { [string]$_.GroupType -eq 'VirtualMachine' }
        })
    $inventory['Groups'] = @($groups | ConvertTo-Row -Value Priority -Text Name, Id, GroupType, State, OwnerNode, LockedFromMoving, StatusInformation)
    $inventory['AntiAffinity'] = @(foreach ($group in $groups) {
            foreach ($class in @($group.AntiAffinityClassNames)) {
                if ($class) { [ordered]@{ Group = [string]$group.Name; ClassName = [string]$class } }
            }
        })
    $inventory['PreferredOwners'] = @(foreach ($group in $groups) {
            $order = 0
            foreach ($owner in @(Read-Owner $group "-Group $($group.Name)")) {
                $order++
                if ($owner -ne '?') { [ordered]@{ Group = [string]$group.Name; Node = $owner; Order = $order } }
            }
        })

    $resources = @(Read-Source '' 'Get-ClusterResource' { FailoverClusters\Get-ClusterResource -Cluster $Name -ErrorAction Stop })
    $ofVms = @($resources | Where-Object { 'Virtual Machine', 'Virtual Machine Configuration' -contains [string]$_.ResourceType })
    # One row for each resource and each of its possible owners; with an empty Node where it has none.
    $inventory['PossibleOwners'] = @(foreach ($resource in $ofVms) {
            $owners = @(Read-Owner $resource "-Resource $($resource.Name)")
            if ($owners.Count -eq 0) { $owners = @('') }
            foreach ($owner in $owners) { [ordered]@{ Group = [string]$resource.OwnerGroup; Resource = [string]$resource.Name; Node = $owner } }
        })
    # Role and VM may have different names: what ties them is the parameter VmID of the VM's resource. Disks of a role go with it.
    $inventory['Resources'] = @(foreach ($resource in $resources) {
            $row = [ordered]@{ Group = [string]$resource.OwnerGroup; Resource = [string]$resource.Name; ResourceType = [string]$resource.ResourceType; VMId = '' }
            if ($row['ResourceType'] -eq 'Physical Disk') { $row }
            elseif ($row['ResourceType'] -eq 'Virtual Machine') {
                Read-Source '' "Get-ClusterParameter of $($resource.Name)" {
                    $id = FailoverClusters\Get-ClusterParameter -InputObject $resource -Name VmID -ErrorAction Stop
                    $row['VMId'] = [string]$id.Value
                    $row
                }
            }
        })
}

# Names of the owners of a role or resource; ? where they could not be read.
function Read-Owner {
    param($Of, [string]$What)
    $list = Read-Source '' "Get-ClusterOwnerNode $What" { FailoverClusters\Get-ClusterOwnerNode -InputObject $Of -ErrorAction Stop }
    if ($list) { @($list.OwnerNodes) | Where-Object { $_ } | ForEach-Object { [string]$_ } }
    else { '?' }
}

function Read-Node {
    param([string]$Node)
    Add-NodeRow 'Memory' 'Win32_OperatingSystem' {
        Get-NodeInstance $Node 'Win32_OperatingSystem' | ForEach-Object {
            $uptime = $null
            if ($_.LastBootUpTime) { $uptime = [int64]((Get-Date) - $_.LastBootUpTime).TotalSeconds }
            $_ | ConvertTo-Row @{ Node = $Node; UptimeSeconds = $uptime } -Text Caption, Version -Value TotalVisibleMemorySize, FreePhysicalMemory
        }
    }
    $answers = Test-Answer $Node 'Memory'
    Add-NodeRow 'Hosts' 'Get-VMHost' -Once:(-not $answers) {
        Hyper-V\Get-VMHost -ComputerName $Node -ErrorAction Stop | ForEach-Object {
            $_ | ConvertTo-Row @{ Node = $Node; SupportedVmVersions = (@($_.SupportedVmVersions) -join ',') } -Text FullyQualifiedDomainName,
                VirtualMachineMigrationPerformanceOption, VirtualMachineMigrationAuthenticationType -Value MemoryCapacity, LogicalProcessorCount,
                VirtualMachineMigrationEnabled, MaximumVirtualMachineMigrations, MaximumStorageMigrations, UseAnyNetworkForMigration, NumaSpanningEnabled
        }
    }
    # Each further call would wait for minutes as well.
    if (-not $answers -and -not (Test-Answer $Node 'Hosts')) {
        Add-InventoryWarning -Node $Node -Source 'Node' -Text 'it answers neither CIM nor Hyper-V, and was not asked for anything else'
        return
    }
    Read-NodeHardware $Node
    Read-NodeVm $Node
    if ($Coreinfo -ne '') { Add-NodeRow 'Coreinfo' 'Coreinfo' { Get-CoreinfoRow $Node } }
    if ($IncludeBackups) { Add-NodeRow 'Backups' 'Windows Server Backup' { Get-WindowsBackupRow $Node } }
}

# Of the node that the caller is at.
function Add-NodeRow {
    param([string]$Table, [string]$Source, [scriptblock]$ReadRows, [switch]$Once)
    $inventory[$Table] += @(Read-Source $Node $Source $ReadRows -Once:$Once)
}

function Test-Answer {
    param([string]$Node, [string]$Table)
    return @($inventory[$Table] | Where-Object { $_['Node'] -ceq $Node }).Count -gt 0
}

function Get-NodeInstance {
    param([string]$Node, [string]$Class)
    $namespace = 'root/cimv2'
    if ($Class -like 'MSFT_*') { $namespace = 'root/StandardCimv2' }
    CimCmdlets\Get-CimInstance -Namespace $namespace -ClassName $Class -ComputerName $Node -ErrorAction Stop
}

function Read-NodeHardware {
    param([string]$Node)
    $of = @{ Node = $Node }
    Add-NodeRow 'Processors' 'Win32_Processor' {
        Get-NodeInstance $Node 'Win32_Processor' |
            ConvertTo-Row $of -Text Name, Manufacturer, Description -Value NumberOfCores, NumberOfLogicalProcessors
    }
    # Adapters by name, which a Hashtable of this kind compares by its characters alone.
    $offloads = New-Object -TypeName System.Collections.Hashtable
    foreach ($kind in @('Rdma', 'Vmq', 'Sriov')) {
        Read-Source $Node "MSFT_NetAdapter${kind}SettingData" { Get-NodeInstance $Node "MSFT_NetAdapter${kind}SettingData" } |
            ForEach-Object { $offloads["$kind $($_.Name)"] = $_.Enabled }
    }
    Add-NodeRow 'Adapters' 'MSFT_NetAdapter' {
        Get-NodeInstance $Node 'MSFT_NetAdapter' | ForEach-Object {
            $more = @{ Node = $Node; Rdma = $offloads["Rdma $($_.Name)"]; Vmq = $offloads["Vmq $($_.Name)"]; Sriov = $offloads["Sriov $($_.Name)"] }
            $_ | ConvertTo-Row $more -Text Name, InterfaceDescription -Value InterfaceIndex, Speed, InterfaceOperationalStatus, HardwareInterface
        }
    }
    Add-NodeRow 'Addresses' 'MSFT_NetIPAddress' {
        Get-NodeInstance $Node 'MSFT_NetIPAddress' | ConvertTo-Row $of -Text IPAddress -Value InterfaceIndex, PrefixLength
    }
    Add-NodeRow 'Offloads' 'MSFT_NetOffloadGlobalSetting' {
        Get-NodeInstance $Node 'MSFT_NetOffloadGlobalSetting' | ConvertTo-Row $of -Text Chimney
    }
    Add-NodeRow 'MigrationNetworks' 'Get-VMMigrationNetwork' {
        Hyper-V\Get-VMMigrationNetwork -ComputerName $Node -ErrorAction Stop | ConvertTo-Row $of -Text Subnet -Value Priority
    }
    # Limits hold on nodes that have the feature only. A row in any case tells that the node was asked.
    if (Get-Command -Name 'Get-WindowsFeature' -Module ServerManager -ErrorAction SilentlyContinue) {
        $feature = Read-Source $Node 'Get-WindowsFeature' { ServerManager\Get-WindowsFeature -Name 'FS-SMBBW' -ComputerName $Node -ErrorAction Stop }
        $none = [ordered]@{ Node = $Node; Category = 'None'; BytesPerSecond = $null }
        if ($feature -and -not $feature.Installed) { $inventory['SmbLimits'] += $none }
        else {
            Add-NodeRow 'SmbLimits' 'Get-SmbBandwidthLimit' {
                $limits = @(SmbShare\Get-SmbBandwidthLimit -CimSession $Node -ErrorAction Stop | ConvertTo-Row $of -Text Category -Value BytesPerSecond)
                if ($limits.Count -gt 0) { $limits } else { $none }
            }
        }
    }
    Add-NodeRow 'Switches' 'Get-VMSwitch' {
        Hyper-V\Get-VMSwitch -ComputerName $Node -ErrorAction Stop | ConvertTo-Row $of -Text Name, Id, SwitchType
    }
}

function Read-NodeVm {
    param([string]$Node)
    $vms = @(Read-Source $Node 'Get-VM' { Hyper-V\Get-VM -ComputerName $Node -ErrorAction Stop })
    if ($vms.Count -eq 0) { return }
    $inventory['Vms'] += @($vms | ForEach-Object {
            $uptime = $null
            if ($_.Uptime) { $uptime = [int64]$_.Uptime.TotalSeconds }
            $_ | ConvertTo-Row @{ Node = $Node; UptimeSeconds = $uptime } -Text Name, VMId, State, Status, PrimaryOperationalStatus,
                SecondaryOperationalStatus, MemoryStatus, Version, ReplicationMode, ConfigurationLocation -Value MemoryAssigned, MemoryDemand,
                MemoryStartup, MemoryMinimum, MemoryMaximum, DynamicMemoryEnabled, ProcessorCount, Generation, IsClustered
        })
    $of = @{ Node = $Node }
    Add-NodeRow 'VmProcessors' 'Get-VMProcessor' {
        Hyper-V\Get-VMProcessor -VM $vms -ErrorAction Stop | ConvertTo-Row $of -Text VMName, VMId, CompatibilityForMigrationMode -Value `
            CompatibilityForMigrationEnabled, ExposeVirtualizationExtensions
    }
    Add-NodeRow 'VmAdapters' 'Get-VMNetworkAdapter' {
        Hyper-V\Get-VMNetworkAdapter -VM $vms -ErrorAction Stop |
            ConvertTo-Row $of -Text VMName, VMId, SwitchName -Value IovWeight, IovUsage, VmqUsage
    }
    Add-NodeRow 'HardDisks' 'Get-VMHardDiskDrive' {
        Hyper-V\Get-VMHardDiskDrive -VM $vms -ErrorAction Stop | ConvertTo-Row $of -Text VMName, VMId, ControllerType, Path -Value DiskNumber
    }
    Add-NodeRow 'DvdDrives' 'Get-VMDvdDrive' {
        Hyper-V\Get-VMDvdDrive -VM $vms -ErrorAction Stop | ConvertTo-Row $of -Text VMName, VMId, DvdMediaType, Path
    }
    Add-NodeRow 'Checkpoints' 'Get-VMSnapshot' {
        Hyper-V\Get-VMSnapshot -VM $vms -ErrorAction Stop | ConvertTo-Row $of -Text VMName, VMId, Name, SnapshotType, State
    }
    # Cmdlets that came after Windows Server 2012 R2: where this machine has none of them, its nodes may still have what they tell.
    if (Test-HyperVCmdlet 'Get-VMAssignableDevice') {
        Add-NodeRow 'AssignableDevices' 'Get-VMAssignableDevice' {
            Hyper-V\Get-VMAssignableDevice -VM $vms -ErrorAction Stop | ConvertTo-Row $of -Text VMName, VMId, InstanceID, LocationPath
        }
    }
    if (Test-HyperVCmdlet 'Get-VMGpuPartitionAdapter') {
        Add-NodeRow 'GpuPartitions' 'Get-VMGpuPartitionAdapter' {
            Hyper-V\Get-VMGpuPartitionAdapter -VM $vms -ErrorAction Stop |
                ConvertTo-Row $of -Text VMName, VMId, InstancePath -Value SupportsOutgoingLiveMigration
        }
    }
    if (Test-HyperVCmdlet 'Get-VMSecurity') {
        Add-NodeRow 'Security' 'Get-VMSecurity' {
            Hyper-V\Get-VMSecurity -VM $vms -ErrorAction Stop | ConvertTo-Row $of -Text VMName, VMId -Value TpmEnabled, Shielded
        }
    }
    # What a disk holds counts where it would have to be copied: outside of shared volumes and shares.
    $local = @($inventory['HardDisks'] | Where-Object {
            $_['Node'] -ceq $Node -and $_['Path'] -match '^[A-Z]:\\(?!ClusterStorage\\)'
        } | ForEach-Object { $_['VMId'] } | Sort-Object -Unique)
    foreach ($id in $local) {
        Add-NodeRow 'VhdFiles' 'Get-VHD' { Hyper-V\Get-VHD -VMId $id -ComputerName $Node -ErrorAction Stop | ConvertTo-Row $of -Text Path -Value FileSize }
    }
}

# Says once where a cmdlet is missing.
function Test-HyperVCmdlet {
    param([string]$Cmdlet)
    if (Get-Command -Name $Cmdlet -Module Hyper-V -ErrorAction SilentlyContinue) { return $true }
    if (-not @($inventory['Warnings'] | Where-Object { $_['Source'] -eq $Cmdlet })) {
        Add-InventoryWarning -Source $Cmdlet -Text 'the module Hyper-V of this machine does not have it'
    }
    return $false
}

# Who unlocks virtual TPMs: a Host Guardian Service, or certificates of the node itself.
function Get-GuardianRow {
    param([string]$Node)
    $guardian = Invoke-Command -ComputerName $Node -ErrorAction Stop -ScriptBlock {
        $mode = ''
        if (Get-Command -Name Get-HgsClientConfiguration -Module HgsClient -ErrorAction SilentlyContinue) {
            $client = HgsClient\Get-HgsClientConfiguration -ErrorAction Stop
            if ($client.IsHostGuarded) { $mode = [string]$client.Mode }
        }
        $store = 'Cert:\LocalMachine\Shielded VM Local Certificates'
        $keys = @()
        if (Test-Path -LiteralPath $store) { $keys = @(Get-ChildItem -LiteralPath $store | Where-Object { $_.HasPrivateKey } | ForEach-Object { $_.Thumbprint }) }
        "$mode|" + ($keys -join ',')
    }
    $mode, $keys = "$guardian" -split '\|'
    [ordered]@{ Node = $Node; Mode = $mode; Certificates = $keys }
}

# The text as Coreinfo prints it. A new string: what Get-Content attaches to its own would make Windows PowerShell write an object.
function Get-CoreinfoRow {
    param([string]$Node)
    $file = Join-Path -Path $Coreinfo -ChildPath "$Node.txt"
    if ($Coreinfo -like '*.exe') {
        $lines = Invoke-Command -ComputerName $Node -ArgumentList $Coreinfo -ErrorAction Stop -ScriptBlock {
            param($Tool)
            & $Tool -nobanner -accepteula -f
        }
    }
    elseif (Test-Path -LiteralPath $file) { $lines = Get-Content -LiteralPath $file -Encoding utf8 -ErrorAction Stop }
    else { return }
    [ordered]@{ Node = $Node; Text = (@($lines) -join "`n") }
}

# A backup lasts as long as the longest of its earlier runs.
function New-BackupRow {
    param([string]$Source, [string]$Node, [string]$Job, [string]$Object, [string]$Schedule, $At, [string]$Days, [string]$WeekOfMonth,
        [string]$DayOfMonth, [string]$Months, $Minutes, [string]$Clock)
    $row = [ordered]@{
        Source = $Source; Node = $Node; Job = $Job; Object = $Object; Schedule = $Schedule; Time = ''; Days = $Days; WeekOfMonth = $WeekOfMonth
        DayOfMonth = $DayOfMonth; Months = $Months; DurationMinutes = $Minutes; DurationFrom = 'longest run'; Clock = $Clock
    }
    if ($At) { $row['Time'] = '{0:00}:{1:00}' -f $At.Hour, $At.Minute }
    if (-not $Minutes) {
        $row['DurationMinutes'] = $BackupMinutes
        $row['DurationFrom'] = 'BackupMinutes'
    }
    $row
}

# Windows Server Backup tells times of day, every day, in the node's own time.
function Get-WindowsBackupRow {
    param([string]$Node)
    $found = Invoke-Command -ComputerName $Node -ErrorAction Stop -ScriptBlock {
        if (Get-Command -Name Get-WBPolicy -Module WindowsServerBackup -ErrorAction SilentlyContinue) {
            $policy = WindowsServerBackup\Get-WBPolicy -ErrorAction Stop
            if ($policy) {
                $minutes = $null
                # Without a history the length is -BackupMinutes, and DurationFrom says so.
                try {
                    $minutes = WindowsServerBackup\Get-WBJob -Previous 20 -ErrorAction Stop |
                        Where-Object { [string]$_.JobType -eq 'Backup' -and $_.EndTime -gt $_.StartTime } |
                        ForEach-Object { ($_.EndTime - $_.StartTime).TotalMinutes } | Sort-Object | Select-Object -Last 1
                }
                catch { $minutes = $null }
                $clock = Get-Date -Format 'o'
                WindowsServerBackup\Get-WBSchedule -Policy $policy -ErrorAction Stop | Select-Object -Property Hour, Minute,
                    @{ Name = 'Minutes'; Expression = { $minutes } }, @{ Name = 'Clock'; Expression = { $clock } }
            }
        }
    }
    foreach ($time in @($found)) {
        if ($time) { New-BackupRow 'Windows Server Backup' -Node $Node -Schedule 'Daily' -At $time -Minutes $time.Minutes -Clock $time.Clock }
    }
}

# One row for each Veeam job that runs by itself, and each object in it.
function Get-VeeamRow {
    if (-not (Get-Command -Name Get-VBRJob -Module Veeam.Backup.PowerShell -ErrorAction SilentlyContinue)) { return }
    $longest = New-Object -TypeName System.Collections.Hashtable
    foreach ($session in @(Read-Source '' 'Get-VBRBackupSession' { Veeam.Backup.PowerShell\Get-VBRBackupSession -ErrorAction Stop })) {
        $minutes = ($session.EndTime - $session.CreationTime).TotalMinutes
        if ($minutes -gt $longest[[string]$session.JobId]) { $longest[[string]$session.JobId] = $minutes }
    }
    foreach ($job in @(Veeam.Backup.PowerShell\Get-VBRJob -WarningAction SilentlyContinue -ErrorAction Stop)) {
        if ($job -and $job.IsScheduleEnabled) { Read-Source '' "Veeam job $($job.Name)" { Get-VeeamJobRow $job $longest[[string]$job.Id] } }
    }
}

function Get-VeeamJobRow {
    param($Job, $Minutes)
    $options = Veeam.Backup.PowerShell\Get-VBRJobScheduleOptions -Job $Job -ErrorAction Stop
    $schedule = @{ Schedule = 'After another job' }
    if ($options.OptionsDaily.Enabled) {
        $schedule = @{ Schedule = 'Daily'; At = $options.OptionsDaily.TimeLocal; Days = (@($options.OptionsDaily.DaysSrv) -join ',') }
    }
    elseif ($options.OptionsMonthly.Enabled) {
        $monthly = $options.OptionsMonthly
        $day = $monthly.DayOfMonth
        if ($day.IsLast) { $day = 'Last' }
        elseif ($day.Day) { $day = $day.Day }
        $schedule = @{ Schedule = 'Monthly'; At = $monthly.TimeLocal; Days = [string]$monthly.DayOfWeek; Months = (@($monthly.Months) -join ',')
            WeekOfMonth = [string]$monthly.DayNumberInMonth; DayOfMonth = [string]$day }
    }
    elseif ($options.OptionsPeriodically.Enabled) { $schedule = @{ Schedule = 'Periodically' } }
    elseif ($options.OptionsContinuous.Enabled) { $schedule = @{ Schedule = 'Continuously' } }
    $objects = @(Veeam.Backup.PowerShell\Get-VBRJobObject -Job $Job -ErrorAction Stop | ForEach-Object { [string]$_.Name })
    if ($objects.Count -eq 0) { $objects = @('') }
    foreach ($object in $objects) {
        New-BackupRow -Source 'Veeam' -Job ([string]$Job.Name) -Object $object -Minutes $Minutes -Clock (Get-Date -Format 'o') @schedule
    }
}

# Nodes to read: those that are not down and not left out.
function Select-Node {
    $left = New-Object -TypeName System.Collections.Hashtable
    foreach ($name in $Exclude) { $left[$name.ToUpperInvariant()] = $name }
    $kept = @()
    foreach ($row in $inventory['Nodes']) {
        $key = $row['Name'].ToUpperInvariant()
        if ($left[$key]) { Add-InventoryWarning -Node $row['Name'] -Source '-Exclude' -Text 'left out, as asked' }
        else {
            $kept += $row
            if ($row['State'] -ne 'Down') { $row['Name'] }
            else { Add-InventoryWarning -Node $row['Name'] -Source 'Get-ClusterNode' -Text 'the node is down and was not read' }
        }
        $left[$key] = $null
    }
    foreach ($name in $left.Values) { if ($name) { throw "-Exclude: $name is none of the nodes." } }
    $inventory['Nodes'] = $kept
}

if ($Cluster -ne '' -and $ComputerName.Count -gt 0) { throw 'Give -Cluster or -ComputerName, not both.' }
if ($Coreinfo -ne '' -and $Coreinfo -notlike '*.exe' -and -not (Test-Path -LiteralPath $Coreinfo -PathType Container)) {
    throw "-Coreinfo: there is no folder $Coreinfo."
}
if (Test-Path -LiteralPath $OutFile -PathType Container) { throw "-OutFile: $OutFile is a folder." }
# Beside the file, so that an old one stays until the new one is whole. If it cannot be written, that shows before anything is read.
$part = "$OutFile.part"
'' | Out-File -LiteralPath $part -Encoding utf8
$whole = $false
try {
    $clusterName = $Cluster
    if ($clusterName -eq '' -and $ComputerName.Count -eq 0) { $clusterName = "$(Find-OwnCluster)" }
    if ($clusterName -ne '') {
        Read-Cluster $clusterName
        Read-Role $clusterName
    }
    else {
        if ($ComputerName.Count -eq 0) { $ComputerName = @([string]$env:COMPUTERNAME) }
        $inventory['Nodes'] = @(foreach ($name in $ComputerName) { [ordered]@{ Name = $name; State = 'Up'; DrainStatus = ''; StatusInformation = '' } })
    }
    $nodes = @(Select-Node)
    foreach ($node in $nodes) { Read-Node $node }
    if (@($inventory['Security'] | Where-Object { $_['TpmEnabled'] -or $_['Shielded'] }).Count -gt 0) {
        foreach ($node in $nodes) { if (Test-Answer $node 'Hosts') { Add-NodeRow 'Guardians' 'Guardians' { Get-GuardianRow $node } } }
    }
    if ($Coreinfo -ne '' -and $inventory['Coreinfo'].Count -eq 0) {
        Add-InventoryWarning -Source 'Coreinfo' -Text "$Coreinfo gave nothing of any node"
    }
    if ($IncludeBackups) { $inventory['Backups'] += @(Read-Source '' 'Veeam' { Get-VeeamRow }) }
    $inventory['CollectedAt'] = Get-Date -Format 'o'

    # Every value is a scalar in a flat row, so that the depth never cuts anything off.
    ConvertTo-Json -InputObject $inventory -Depth 4 | Out-File -LiteralPath $part -Encoding utf8
    $whole = $true
}
finally {
    if (-not $whole) { Remove-Item -LiteralPath $part }
}
try { Move-Item -LiteralPath $part -Destination $OutFile -Force }
catch { throw "The inventory is whole in ${part}, which could not be renamed to ${OutFile}: $($_.Exception.Message)" }
Write-Output "${OutFile}: $($inventory['Nodes'].Count) nodes, $($inventory['Vms'].Count) VMs, $($inventory['Warnings'].Count) warnings"
