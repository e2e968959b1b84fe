/** VM load balancing of the cluster: off while the runbook runs, and as before afterwards. */
export const BALANCING = String.raw`
function Test-Balanced($settings) {
  $mode = Read-Property $settings 'AutoBalancerMode'
  return ($null -ne $mode -and [int]$mode -ne 0)
}

# The value to restore is in a file of its own, so that any start after a crash restores it, that of another plan included: beside the
# journal, by the cluster's name.
function Get-RestorePath($settings) {
  $name = 'vmferry-{0}.restore' -f ([string]$settings.Name -replace '[^\w.-]', '_')
  return [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($Run.Journal), $name)
}

# It stays open while it counts: a second runbook of this cluster leaves it alone.
function Suspend-Balancing {
  $settings = FailoverClusters\Get-Cluster -Name $Cluster
  if (-not (Test-Balanced $settings)) { return }
  $Run.Balancing = [System.IO.File]::Open((Get-RestorePath $settings), 'Create', 'ReadWrite', 'Read')
  $bytes = $Utf8.GetBytes([string][int]$settings.AutoBalancerMode)
  $Run.Balancing.Write($bytes, 0, $bytes.Length)
  $Run.Balancing.Flush($true)
  $settings.AutoBalancerMode = 0
}

# Where the cluster cannot be asked at all.
function Get-Leftover {
  $folder = [System.IO.Path]::GetDirectoryName($Run.Journal)
  if ([System.IO.Directory]::Exists($folder)) { return [System.IO.Directory]::GetFiles($folder, 'vmferry-*.restore') }
}

function Show-Leftover {
  foreach ($path in @(Get-Leftover)) {
    Add-Note ('An earlier run has left AutoBalancerMode of the cluster at 0; {0} has the value to restore.' -f $path)
  }
}

# What this run, or an earlier one that was killed, has set. With -WhatIf it is only named.
function Restore-Balancing {
  try {
    $settings = FailoverClusters\Get-Cluster -Name $Cluster
    $path = Get-RestorePath $settings
    if ($null -eq $Run.Balancing) {
      if (-not [System.IO.File]::Exists($path)) { return }
      try { $Run.Balancing = [System.IO.File]::Open($path, 'Open', 'ReadWrite', 'None') }
      catch { Write-Warning ('Another runbook has VM load balancing of this cluster off: {0}' -f $path); return }
    }
    $Run.Balancing.Position = 0
    $bytes = New-Object -TypeName byte[] -ArgumentList ([int]$Run.Balancing.Length)
    $null = $Run.Balancing.Read($bytes, 0, $bytes.Length)
    $mode = $Utf8.GetString($bytes)
    if ($mode -match '^[12]$' -and -not (Test-Balanced $settings)) {
      if ($Asking.WhatIf) { Write-Warning ('AutoBalancerMode of the cluster is 0, and was {0} before an earlier run: the next start restores it.' -f $mode); return }
      $settings.AutoBalancerMode = [int]$mode
      Write-Note ('VM load balancing: AutoBalancerMode is {0} again' -f $mode)
    }
    if (-not $Asking.WhatIf) { [System.IO.File]::Delete($path) }
  }
  catch {
    $reason = $_.Exception.GetBaseException().Message
    foreach ($path in @(Get-Leftover)) { Write-Warning ('AutoBalancerMode of the cluster is not restored; {0} has its value, and the next start restores it: {1}' -f $path, $reason) }
  }
  finally {
    if ($null -ne $Run.Balancing) { $Run.Balancing.Dispose(); $Run.Balancing = $null }
  }
}
`
