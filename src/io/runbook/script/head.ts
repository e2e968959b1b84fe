/** The runbook's help and parameters. `String.raw`: no escape of this text is one of JavaScript's, and no backtick is needed. */

/**
 * @param journal file name of the journal beside the script, unless -JournalPath says otherwise; without quotes
 * @param summary what it will do; on one line
 */
export function head(journal: string, summary: string): string {
  return String.raw`#Requires -Version 5.1
# ${summary}

<#
.SYNOPSIS
Runs a plan of vmferry on a Hyper-V failover cluster: checks, migrates in the plan's order, keeps a journal, goes on where it was stopped.

.DESCRIPTION
Nothing moves before every check has passed; all that fails is listed at once. A migration starts when those that the plan has before it
on its nodes have really ended, when its nodes have a free slot and its target has the memory, and when it will have ended before the
next window of its VM, of its nodes or of the cluster begins. It has ended when the cluster says that its target owns the VM.

What has been done is in the journal. Started again with the same journal, the runbook looks up what has become of the migrations that
were under way, and goes on with the rest.

It sets AutoBalancerMode of the cluster to 0 while it runs, after asking, and restores it; what a crash has kept it from restoring, the
next start restores. A VM that the plan restarts keeps processor compatibility switched on: that is what the restart is for. A node that
the plan drains is paused as soon as it is empty, after asking, so that nothing comes back to it; started once more when all is done, or
with -Resume at any time, the runbook resumes it. Nothing else is set.

A node that the plan works on is paused when it is empty, worked on by -Work, and resumed when it is up again; what the plan has behind that
waits for it, and nothing for the clock.

It is written for Windows PowerShell 5.1, for which the module FailoverClusters is made. Started in PowerShell 7 it goes on in
powershell.exe, with the same parameters.

Exit codes: 0 every migration has ended; 2 a check has failed and nothing was moved; 3 some migrations are left, the run was declined or
stopped by Ctrl-C; 1 any other error, also a journal that cannot be written any more.

.PARAMETER JournalPath
The journal: JSON Lines, UTF-8. The default is a file beside this script. Keep it until the plan is finished.

.PARAMETER Cluster
Name of the cluster. The default is the cluster of the node on which the runbook runs.

.PARAMETER PollSeconds
Most seconds between two looks at the cluster. Where something is about to happen it looks every second.

.PARAMETER MarginPercent
How much longer than planned a migration may take: it starts only if, that much longer, it still ends before the next window.

.PARAMETER MarginSeconds
Seconds that are left free before a window on top of that.

.PARAMETER AllowStuckMinutes
Minutes beyond its planned duration after which a live migration is cancelled. After as many more without an end, of any kind, it is left
alone: its nodes count as busy, and the rest goes on without them.

.PARAMETER OnWindow
What happens to a migration that no longer ends before a window that the plan has after it. Leave: it is left for another start, and named
at the end. Wait: it starts after the window. Migrations that the plan itself has after a window always wait for its end. One that cannot keep
its deadline is left as well, or with Wait goes on, which is said.

.PARAMETER SkipCompare
Leaves out Compare-VM, which takes some seconds for each VM.

.PARAMETER Work
What is done on each node of a maintenance night: the path of a script, or a script block, called with the node's name while the node is
empty and paused. It has to come back when the node is done and up again (Restart-Computer -Wait); an error, or exit with another code than
0, is a failed work. Without it the runbook stops at each node and asks. After a crash it is called again for the node that was under work.

.PARAMETER WorkDone
Nodes whose work has been done by hand, after it had failed: they are resumed, and the night goes on.

.PARAMETER Resume
Resumes the nodes that the plan drains or works on, where they are paused, and does nothing else.

.EXAMPLE
.\runbook.ps1 -WhatIf
Checks everything and shows what would be done, in order. Changes nothing and writes no journal.

.EXAMPLE
.\runbook.ps1
Checks, asks about the run, each restart or save, VM load balancing and each node to pause, and then runs without questions. Started again
when all is done, it asks whether to resume those nodes.

.EXAMPLE
.\runbook.ps1 -Confirm:$false -OnWindow Wait
Asks nothing, and goes on after a window that came too early.

.EXAMPLE
.\runbook.ps1 -Work .\patch.ps1
Of a maintenance night: empties each node, pauses it, calls patch.ps1 with its name, resumes it when it is up again.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
  [ValidateNotNullOrEmpty()]
  [string]$JournalPath = (Join-Path -Path $PSScriptRoot -ChildPath '${journal}'),

  [ValidateNotNullOrEmpty()]
  [string]$Cluster = '.',

  [ValidateRange(1, 600)]
  [int]$PollSeconds = 5,

  [ValidateRange(0, 1000)]
  [int]$MarginPercent = 25,

  [ValidateRange(0, 86400)]
  [int]$MarginSeconds = 30,

  [ValidateRange(1, 1440)]
  [int]$AllowStuckMinutes = 30,

  [ValidateSet('Leave', 'Wait')]
  [string]$OnWindow = 'Leave',

  [switch]$SkipCompare,

  [object]$Work,

  [string[]]$WorkDone = @(),

  [switch]$Resume
)

if ([string]$ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
  Write-Warning -WarningAction Continue -Message 'PowerShell runs in a restricted language mode here (App Control or AppLocker): this runbook needs the full one. Have the policy trust this file, or run it elsewhere. Nothing was moved.'
  exit 2
}

# FailoverClusters has no module for PowerShell 7: there its objects come as copies, which cannot be passed on or set.
if ($PSVersionTable.PSEdition -eq 'Core' -and $IsWindows) {
  & {
    function Format-Literal($text) { return "'" + ($text -replace "['\u2018-\u201B]", '$0$0') + "'" }
    $given = $PSCmdlet.MyInvocation.BoundParameters
    # Where its execution policy refuses the file, powershell.exe must not end with 0.
    $command = '$ErrorActionPreference = ''Stop''; & ' + (Format-Literal $PSCommandPath)
    foreach ($name in $given.Keys) {
      $value = $given[$name]
      if ($value -is [switch] -or $value -is [bool]) { $text = '$' + ([bool]$value).ToString().ToLowerInvariant() }
      elseif ($value -is [scriptblock]) { $text = '{' + $value.ToString() + '}' }
      elseif ($value -is [array]) { $text = @($value | ForEach-Object { Format-Literal ([string]$_) }) -join ',' }
      else { $text = Format-Literal ([string]$value) }
      $command += ' -{0}:{1}' -f $name, $text
    }
    # What the session has set does not come along by itself.
    if ($WhatIfPreference -and -not $given.ContainsKey('WhatIf')) { $command += ' -WhatIf:$true' }
    if ([string]$ConfirmPreference -eq 'None' -and -not $given.ContainsKey('Confirm')) { $command += ' -Confirm:$false' }
    $command += '; exit $LASTEXITCODE'
    $found = Get-Command -Name 'powershell.exe' -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if ($null -eq $found) {
      Write-Warning -WarningAction Continue -Message ('This runbook needs Windows PowerShell 5.1, and powershell.exe is not on the path. Nothing was moved. Type: powershell.exe -NoProfile -Command {0}' -f (Format-Literal $command))
      exit 2
    }
    & $found.Source -NoProfile -Command $command
    exit $LASTEXITCODE
  }
}

# A scope of its own: what the session has set does not change how the runbook works, and nothing of it stays in the session.
& {
Set-StrictMode -Version Latest
# Names are the same in upper and lower case: $work is one of the plan's.
$Worker = $Work
$Asking = @{ Confirm = $ConfirmPreference; WhatIf = [bool]$WhatIfPreference }
$ConfirmPreference = 'None'
$WhatIfPreference = $false
$ErrorActionPreference = 'Stop'
$WarningPreference = 'Continue'
$VerbosePreference = 'SilentlyContinue'
$DebugPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'
# Also for cmdlets that are functions of a module, which do not see the preferences of this scope.
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop'; '*:WarningAction' = 'Continue' }

`
}
