/** The tree that is executed: what `lower*.ts` make of the syntax tree. What has no node here is not in the subset. */
import type { Position } from '../parse.js'
import type { Value } from './values.js'

export interface TypeName {
  /** As written, without brackets: `string`, `System.Collections.Generic.List`. */
  name: string
  /** `[string[]]`. */
  array: boolean
  /** `List[object]`. */
  generic: TypeName[]
}

export type Expr = { pos: Position } & (
  | { kind: 'const'; value: Value }
  | { kind: 'string'; parts: (string | Expr)[] }
  | { kind: 'var'; scope: string; name: string }
  | { kind: 'splat'; scope: string; name: string }
  | { kind: 'unary'; op: string; operand: Expr }
  | { kind: 'binary'; op: string; left: Expr; right: Expr }
  | { kind: 'comma'; items: Expr[] }
  | { kind: 'arrayOf'; body: Statement[] }
  | { kind: 'sub'; body: Statement[] }
  | { kind: 'paren'; statement: Statement }
  | { kind: 'hash'; entries: { key: Expr; value: Statement }[] }
  | { kind: 'cast'; type: TypeName; operand: Expr }
  | { kind: 'type'; type: TypeName }
  | { kind: 'member'; target: Expr; name: Expr; isStatic: boolean }
  | { kind: 'index'; target: Expr; index: Expr }
  | { kind: 'call'; target: Expr; name: Expr; args: Expr[]; isStatic: boolean }
  | { kind: 'block'; block: Block }
  | { kind: 'step'; delta: 1 | -1; prefix: boolean; target: Expr }
)

export type CommandElement =
  | { kind: 'parameter'; name: string; value: Expr | undefined; pos: Position }
  | { kind: 'argument'; value: Expr }

export interface Command {
  kind: 'command'
  pos: Position
  /** `&` and `.`; `''` for a plain name. */
  operator: '' | '&' | '.'
  name: Expr
  elements: CommandElement[]
  redirections: Redirection[]
}

export type Redirection =
  | { kind: 'merge'; from: string }
  | { kind: 'file'; from: string; append: boolean; file: Expr }

export type Stage = Command | { kind: 'expression'; expr: Expr; redirections: Redirection[] }

export type Statement = { pos: Position } & (
  | { kind: 'pipeline'; stages: Stage[] }
  | { kind: 'assign'; target: Expr; op: string; value: Statement }
  | { kind: 'if'; clauses: { condition: Statement; body: Statement[] }[]; otherwise: Statement[] | undefined }
  | { kind: 'while'; label: string; condition: Statement; body: Statement[] }
  | { kind: 'do'; label: string; until: boolean; condition: Statement; body: Statement[] }
  | {
      kind: 'for'
      label: string
      init: Statement | undefined
      condition: Statement | undefined
      step: Statement | undefined
      body: Statement[]
    }
  | {
      kind: 'foreach'
      label: string
      variable: { scope: string; name: string }
      values: Statement
      body: Statement[]
    }
  | {
      kind: 'switch'
      label: string
      mode: 'exact' | 'wildcard' | 'regex'
      caseSensitive: boolean
      subject: Statement
      clauses: { test: Expr; body: Statement[] }[]
      otherwise: Statement[] | undefined
    }
  | {
      kind: 'try'
      body: Statement[]
      catches: { types: TypeName[]; body: Statement[] }[]
      finallyBody: Statement[] | undefined
    }
  | { kind: 'function'; name: string; block: Block }
  | { kind: 'break' | 'continue'; label: string }
  | { kind: 'return' | 'throw' | 'exit'; value: Statement | undefined }
)

export interface Parameter {
  name: string
  type: TypeName | undefined
  defaultValue: Expr | undefined
  mandatory: boolean
  position: number | undefined
  fromPipeline: boolean
  fromPipelineByPropertyName: boolean
  aliases: string[]
  parameterSet: string | undefined
  validations: Validation[]
}

export type Validation =
  | { kind: 'set'; values: string[] }
  | { kind: 'range'; min: number; max: number }
  | { kind: 'notNullOrEmpty' }
  | { kind: 'notNull' }
  | { kind: 'pattern'; pattern: string }
  | { kind: 'script'; block: Block }

/** A script, a function's body, or `{ … }`. */
export interface Block {
  pos: Position
  text: string
  parameters: Parameter[]
  /** With `[CmdletBinding()]` or a `[Parameter()]`: unknown arguments are errors, and the common parameters exist. */
  advanced: boolean
  shouldProcess: boolean
  confirmImpact: 'none' | 'low' | 'medium' | 'high'
  begin: Statement[] | undefined
  process: Statement[] | undefined
  end: Statement[]
}
