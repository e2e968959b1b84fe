# What in a script Windows PowerShell 5.1 on .NET Framework 4.6.2 does not have, or does otherwise than PowerShell 7, by its parsed tree.
# Reads scripts from standard input, [{ "text": "...", "constrained": false }], and writes a list of findings for each. Constrained: it has to
# run in the language mode of that name too.
using namespace System.Management.Automation.Language
using namespace System.Reflection

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

# ---- What there is ----

$packages = "$PSScriptRoot/../../build/reference-assemblies"
$framework = (Resolve-Path "$packages/microsoft.netframework.referenceassemblies.net462/*/build/.NETFramework/v4.6.2").Path
$standard = (Resolve-Path "$packages/powershellstandard.library/*/lib/net452/System.Management.Automation.dll").Path
Add-Type -Path (Resolve-Path "$packages/system.reflection.metadataloadcontext/*/lib/net8.0/*.dll").Path
$files = @(Get-ChildItem $framework -Recurse -Filter *.dll).FullName + $standard
$context = [MetadataLoadContext]::new([PathAssemblyResolver]::new([string[]]$files), 'mscorlib')
$types = @{}
foreach ($assembly in 'mscorlib', 'System', 'System.Core', 'System.Management.Automation') {
    foreach ($type in $context.LoadFromAssemblyName($assembly).GetExportedTypes()) { $types[$type.FullName] = $type }
}
$accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Get
# Accelerators of PowerShell 6 and later for types that 5.1 has by another name: about_Type_Accelerators.
$laterAccelerators = 'short', 'ushort', 'uint', 'ulong', 'ordered'
# Objects whose methods a script calls without ever naming their types.
$everyday = 'string', 'datetime', 'timespan', 'array', 'hashtable'
$fullLanguage = 'System.Exception', 'System.IO.FileStream', 'System.Management.Automation.PSCmdlet',
    'System.Management.Automation.Runspaces.Runspace', 'System.Management.Automation.Host.PSHost', 'System.Management.Automation.Host.PSHostUserInterface'
# about_Language_Modes of 5.1, as far as scripts need them. A conversion to pscustomobject fails there, although the page lists it.
$coreTypes = 'array', 'bool', 'byte', 'char', 'datetime', 'decimal', 'double', 'guid', 'hashtable', 'int', 'int32', 'int64', 'long',
    'object', 'psobject', 'regex', 'scriptblock', 'string', 'switch', 'timespan', 'uint32', 'uint64', 'version', 'System.Collections.Hashtable',
    'CmdletBinding', 'Parameter', 'ValidateRange', 'ValidateSet', 'ValidateNotNullOrEmpty', 'AllowEmptyString', 'AllowNull', 'AllowEmptyCollection'

$commonParameters = 'Debug', 'ErrorAction', 'ErrorVariable', 'InformationAction', 'InformationVariable', 'OutVariable', 'OutBuffer',
    'PipelineVariable', 'Verbose', 'WarningAction', 'WarningVariable'
$declared = @{}
foreach ($line in Get-Content "$PSScriptRoot/standins/cmdlets.txt", "$PSScriptRoot/windows-powershell.txt") {
    if ($line -match '^module (\S+)') { $module = $Matches[1] }
    if ($line -notmatch '^(?<name>[A-Z]\w+-\w+)(?<syntax> .*)?$') { continue }
    $command = $declared[$Matches.name] ??= @{ Module = $module; Parameters = @{}; Positions = 0; Common = $true }
    $syntax = $Matches['syntax']
    foreach ($parameter in [regex]::Matches("$syntax", '(?<= \[*)-(\w+)\]?(?<value> <)?')) {
        $command.Parameters[$parameter.Groups[1].Value] = $parameter.Groups['value'].Success
    }
    $command.Positions = [math]::Max($command.Positions, [regex]::Matches("$syntax", '\[-\w+\] ?<').Count)
}

$encodings = 'ascii', 'bigendianunicode', 'byte', 'default', 'oem', 'string', 'unicode', 'unknown', 'utf32', 'utf7', 'utf8'
$clocks = 'Now', 'UtcNow', 'Today', 'TickCount', 'StartNew', 'GetTimestamp', 'Sleep'

# ---- Looking it up ----

function Find-Type([string]$Name) {
    $full = $accelerators.ContainsKey($Name) ? $accelerators[$Name].FullName : $Name
    $types[$full] ?? $types["System.$full"]
}

function Test-Method($Type, [string]$Name, [int]$Count, [bool]$Static) {
    $flags = [BindingFlags]'Public, FlattenHierarchy' -bor ($Static ? [BindingFlags]::Static : [BindingFlags]::Instance)
    $found = $Name -eq 'new' -and $Static ? $Type.GetConstructors() : $Type.GetMethods($flags).Where({ $_.Name -eq $Name })
    foreach ($method in $found) {
        $parameters = $method.GetParameters()
        $most = $parameters.Count
        $least = @($parameters | Where-Object { -not $_.IsOptional }).Count
        if ($most -and @($parameters[-1].CustomAttributes).Where({ $_.AttributeType.Name -eq 'ParamArrayAttribute' })) { $least--; $most = [int]::MaxValue }
        if ($Count -ge $least -and $Count -le $most) { return $true }
    }
    # A value type is made without arguments by no constructor of its own.
    return $Name -eq 'new' -and $Static -and $Count -eq 0 -and $Type.IsValueType
}

# ---- One script ----

function Add-Finding($Ast, [string]$Text) { $findings.Add("line $($Ast.Extent.StartLineNumber): $Text") }

function Find-Ast([type[]]$Types) { $script.FindAll({ $ast = $args[0]; $Types.Where({ $ast -is $_ }, 'First') }.GetNewClosure(), $true) }

# The type, or nothing where it has been refused.
function Resolve-TypeName($TypeName, [string]$Suffix = '') {
    if ($TypeName -is [ArrayTypeName]) { $null = Resolve-TypeName $TypeName.ElementType; return Find-Type 'array' }
    if ($TypeName -is [GenericTypeName]) {
        $TypeName.GenericArguments | ForEach-Object { $null = Resolve-TypeName $_ }
        return Resolve-TypeName $TypeName.TypeName "``$($TypeName.GenericArguments.Count)"
    }
    $name = $TypeName.FullName
    if ($laterAccelerators -contains $name) { return Add-Finding $TypeName "5.1 has no type [$name]" }
    if ($constrained -and $coreTypes -notcontains $name) { return Add-Finding $TypeName "constrained language has no type [$name]" }
    $type = (Find-Type "$name$Suffix") ?? (Find-Type "${name}Attribute")
    if ($type) { $named.Add($type) } else { Add-Finding $TypeName ".NET Framework 4.6.2 and PowerShell 5.1 have no type [$name]" }
    $type
}

function Test-Syntax {
    $operators = @{
        AndAnd = '&&'; OrOr = '||'; QuestionMark = '? :'; QuestionQuestion = '??'; QuestionQuestionEquals = '??='
        QuestionDot = '?.'; QuestionLBracket = '?['
    }
    $number = '^-?(0x[\da-f]+|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)[ld]?([kmgtp]b)?$'
    $previous = ''
    foreach ($token in $tokens) {
        if ($operators.ContainsKey("$($token.Kind)")) { Add-Finding $token "5.1 has no $($operators["$($token.Kind)"])" }
        if ($token.Kind -eq 'Pipe' -and $previous -eq 'NewLine') { Add-Finding $token '5.1 has no | at the beginning of a line' }
        $previous = $token.Kind -eq 'Comment' ? $previous : $token.Kind
        if ($token -is [NumberToken] -and $token.Text -notmatch $number) { Add-Finding $token "5.1 has no number $($token.Text)" }
        if ($token -is [StringExpandableToken] -and $token.Text -match '(?<!`)(``)*`(u\{|e)') { Add-Finding $token '5.1 has no `e and `u{} in strings' }
    }
    foreach ($ast in Find-Ast PipelineAst, PipelineChainAst) { if ($ast.Background) { Add-Finding $ast '5.1 has no & behind a pipeline' } }
    foreach ($ast in Find-Ast ScriptBlockAst) { if ($ast.CleanBlock) { Add-Finding $ast.CleanBlock '5.1 has no clean block' } }
    foreach ($ast in Find-Ast TypeDefinitionAst, UsingStatementAst) { Add-Finding $ast 'classes, enumerations and using differ between versions' }
    foreach ($ast in Find-Ast FileRedirectionAst) { Add-Finding $ast 'what > writes is UTF-16 in 5.1: a cmdlet with -Encoding' }
    foreach ($ast in Find-Ast BinaryExpressionAst) {
        $block = $ast.Right.Find({ $args[0] -is [ScriptBlockExpressionAst] }, $true)
        if ($ast.Operator -like '*replace' -and $block) { Add-Finding $ast '5.1 replaces by no script block' }
        $texts = ($ast.Left, $ast.Right).StaticType -contains [string]
        if ($ast.Operator -eq 'DotDot' -and $texts) { Add-Finding $ast '5.1 has no ranges of characters' }
    }
    $required = $script.ScriptRequirements
    if ($required -and ($required.RequiredPSVersion -gt [version]'5.1' -or $required.RequiredPSEditions -contains 'Core')) {
        Add-Finding $script '#Requires asks for more than 5.1'
    }
    if ($text -match '[^\x00-\x7f]' -and $text[0] -ne [char]0xfeff) { Add-Finding $script '5.1 reads characters beyond ASCII only behind a byte-order mark' }
}

function Test-Variable {
    $assignments = Find-Ast AssignmentStatementAst
    $dictionaries = @($assignments | Where-Object { $_.Right.Extent.Text -match '^@\{\s*\}$' } | ForEach-Object { "$($_.Left)" })
    foreach ($ast in $assignments) {
        $left = $ast.Left
        if ($left -is [IndexExpressionAst] -and $left.Index -match '[.$](Name|Vm|Node|From|To)$' -and $dictionaries -contains "$($left.Target)") {
            Add-Finding $ast "$($left.Target) is @{}, which takes names for equal by culture: an ordinal dictionary"
        }
    }
    foreach ($ast in Find-Ast VariableExpressionAst) {
        $name = $ast.VariablePath.UserPath
        if ($name -notin 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSStyle') { continue }
        $up = $ast
        while ($up -and -not ($up -is [BinaryExpressionAst] -and $up.Operator -eq 'And' -and "$($up.Left)" -match 'PSEdition')) { $up = $up.Parent }
        if (-not $up) { Add-Finding $ast "5.1 has no `$$name`: only behind a test of PSEdition and -and" }
    }
}

function Test-TypeUse {
    foreach ($ast in Find-Ast TypeExpressionAst, AttributeBaseAst) {
        # Not a conversion, but a hashtable that keeps its order.
        if ($ast.TypeName.FullName -eq 'ordered' -and $ast.Parent -is [ConvertExpressionAst] -and $ast.Parent.Child -is [HashtableAst]) { continue }
        $type = Resolve-TypeName $ast.TypeName
        if ($type -and $ast -is [AttributeAst]) {
            foreach ($argument in $ast.NamedArguments) {
                if (-not $type.GetProperty($argument.ArgumentName)) { Add-Finding $argument "[$($ast.TypeName)] has no $($argument.ArgumentName) in 5.1" }
            }
        }
    }
    foreach ($ast in Find-Ast CommandAst) {
        $at = @($ast.CommandElements | ForEach-Object { "$_" }).IndexOf('-TypeName')
        if ("$($ast.GetCommandName())" -ne 'New-Object' -or $at -lt 0) { continue }
        $written = $ast.CommandElements[$at + 1]
        [void](Resolve-TypeName ([scriptblock]::Create("[$($written.Value)]").Ast.Find({ $args[0] -is [TypeExpressionAst] }, $true).TypeName))
    }
}

function Test-Member {
    $instances = @($named) + @(($everyday + ($constrained ? @() : $fullLanguage)) | ForEach-Object { Find-Type $_ }) | Select-Object -Unique
    foreach ($ast in Find-Ast MemberExpressionAst) {
        $call = $ast -is [InvokeMemberExpressionAst]
        $count = $call ? @($ast.Arguments).Where({ $_ }).Count : 0
        if ($ast.Member -isnot [StringConstantExpressionAst]) {
            if ($call) { Add-Finding $ast 'which method this calls cannot be told' }
            continue
        }
        $name = $ast.Member.Value
        if (-not $ast.Static) {
            if ($call -and $name -notin 'ForEach', 'Where' -and -not $instances.Where({ Test-Method $_ $name $count $false }, 'First')) {
                Add-Finding $ast ".NET Framework 4.6.2 has no method $name with $count arguments on what this script uses"
            }
            # Its only overloads there take characters.
            if ($call -and $name -eq 'Split' -and "$($ast.Arguments[0])" -notmatch "^('[^']'|\[char)") {
                Add-Finding $ast 'Split with a string splits at each of its characters in 5.1: -split'
            }
            continue
        }
        if ($clocks -contains $name) { Add-Finding $ast "time comes from Get-Date and Start-Sleep alone, not from $ast" }
        if ($ast.Expression -isnot [TypeExpressionAst]) { Add-Finding $ast 'which type this asks cannot be told'; continue }
        $type = Find-Type $ast.Expression.TypeName.FullName
        if (-not $type) { continue }
        $flags = [BindingFlags]'Public, Static, FlattenHierarchy, IgnoreCase'
        $known = $call ? (Test-Method $type $name $count $true) : [bool]$type.GetMember($name, $flags)
        # The overload of whole numbers is taken where the first is one, and a fraction behind it is rounded.
        if ($call -and $type.FullName -eq 'System.Math' -and $name -in 'Min', 'Max' -and
            $ast.Arguments[0] -is [ConstantExpressionAst] -and $ast.Arguments[0].Value -is [int] -and $ast.Arguments[1] -isnot [ConstantExpressionAst]) {
            Add-Finding $ast "[math]::$name with the whole number $($ast.Arguments[0]) first rounds the other"
        }
        if (-not $known) { Add-Finding $ast (".NET Framework 4.6.2 has no [$($type.FullName)]::$name" + ($call ? " with $count arguments" : '')) }
    }
}

function Test-Command {
    $own = @{}
    foreach ($function in Find-Ast FunctionDefinitionAst) {
        $parameters = @($function.Parameters) + @($function.Body.ParamBlock?.Parameters) | Where-Object { $_ }
        $advanced = $function.Find({ $args[0] -is [AttributeAst] -and $args[0].TypeName.Name -in 'CmdletBinding', 'Parameter' }, $false)
        $own[$function.Name] = @{ Parameters = @{}; Positions = 0; Common = [bool]$advanced }
        foreach ($parameter in $parameters) {
            $valued = $parameter.StaticType -ne [switch]
            $own[$function.Name].Parameters[$parameter.Name.VariablePath.UserPath] = $valued
            $own[$function.Name].Positions += [int]$valued
        }
    }
    foreach ($ast in Find-Ast CommandAst) {
        $written = $ast.GetCommandName()
        foreach ($element in $ast.CommandElements) {
            if ($element -is [StringConstantExpressionAst] -and $element.StringConstantType -eq 'BareWord' -and $element.Value -match '^-') {
                Add-Finding $element "$element is text here, neither a number nor a parameter"
            }
        }
        if (-not $written -or $written -like '*.exe') { continue }
        $name = $written -replace '^.*\\'
        $command = $own[$written] ?? $declared[$name]
        if (-not $command) { Add-Finding $ast "$written is no function of the script, and no cmdlet whose syntax is listed"; continue }
        # Those of PowerShell itself have no namesakes, and the clock stands in for two of them.
        $full = $own[$written] -or $command.Module -like 'Microsoft.PowerShell.*' ? $name : "$($command.Module)\$name"
        if ($written -ne $full) { Add-Finding $ast "$written is to be called $full" }
        Test-Argument $ast $name $command
    }
}

function Test-Argument($Ast, [string]$Name, $Command) {
    $given = @{}
    $positions = 0
    $splatted = $false
    for ($i = 1; $i -lt $Ast.CommandElements.Count; $i++) {
        $element = $Ast.CommandElements[$i]
        if ($element -is [CommandParameterAst]) {
            $parameter = $element.ParameterName
            $common = $Command.Common -and $commonParameters -contains $parameter
            if (-not $common -and -not $Command.Parameters.ContainsKey($parameter)) {
                return Add-Finding $element "$Name has no -$parameter in its syntax as listed"
            }
            # There constrained language has nothing better.
            if ("$Name -$parameter" -eq 'Move-Item -Force' -and -not $constrained) {
                Add-Finding $element 'Move-Item -Force deletes its target before it moves'
            }
            $valued = $common ? $parameter -notin 'Debug', 'Verbose' : $Command.Parameters[$parameter]
            $given[$parameter] = $element.Argument ?? ($valued ? $Ast.CommandElements[++$i] : $null)
        }
        elseif ($element -is [VariableExpressionAst] -and $element.Splatted) { $splatted = $true }
        else { $positions++ }
    }
    if ($positions -gt $Command.Positions) { Add-Finding $Ast "$Name takes $($Command.Positions) arguments without a name, not $positions" }
    if ($Name -eq 'Start-Sleep' -and $given['Seconds']?.StaticType -eq [double]) { Add-Finding $Ast 'Start-Sleep takes whole seconds in 5.1' }
    if ($splatted) { return }
    if ($Command.Parameters.ContainsKey('LiteralPath') -and -not $given.ContainsKey('LiteralPath')) {
        Add-Finding $Ast "$Name without -LiteralPath takes [ and ] for wildcards"
    }
    if ($Command.Parameters.ContainsKey('Encoding') -and -not $given.ContainsKey('Encoding')) {
        Add-Finding $Ast "$Name without -Encoding differs between versions"
    }
    if ($given['Encoding'] -is [StringConstantExpressionAst] -and $encodings -notcontains $given['Encoding'].Value) {
        Add-Finding $Ast "5.1 has no encoding $($given['Encoding'])"
    }
}

$results = foreach ($request in ConvertFrom-Json ([Console]::In.ReadToEnd())) {
    $text = $request.text
    $constrained = $request.constrained
    $findings = [System.Collections.Generic.List[string]]::new()
    $named = [System.Collections.Generic.List[type]]::new()
    $tokens = $errors = $null
    $script = [Parser]::ParseInput($text.TrimStart([char]0xfeff), [ref]$tokens, [ref]$errors)
    foreach ($problem in $errors) { Add-Finding $problem $problem.Message }
    if (-not $errors) { Test-Syntax; Test-Variable; Test-TypeUse; Test-Member; Test-Command }
    ConvertTo-Json -InputObject $findings -Compress
}
"[$($results -join ',')]"
