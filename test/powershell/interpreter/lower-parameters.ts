/** `param(…)` blocks with their attributes: syntax tree to `ast.ts`. */
import type { Node } from 'web-tree-sitter'
import type { Block, Expr, Parameter, TypeName, Validation } from './ast.js'
import {
  type Lowering,
  lowerExpression,
  lowerType,
  lowerVariable,
  parts,
  unsupported,
} from './lower-expressions.js'
import { Double } from './values.js'

export interface LoweredParameters {
  parameters: Parameter[]
  advanced: boolean
  shouldProcess: boolean
  confirmImpact: Block['confirmImpact']
}

interface Attribute {
  node: Node
  name: string
  positional: Expr[]
  named: Map<string, Expr | undefined>
}

export function lowerParameters(
  paramBlock: Node | undefined,
  declaration: Node | undefined,
  ctx: Lowering,
): LoweredParameters {
  const holder = paramBlock ?? declaration
  let [advanced, shouldProcess] = [false, false]
  let confirmImpact: Block['confirmImpact'] = 'medium'
  for (const attribute of attributesOf(paramBlock, ctx)) {
    if (attribute.name === 'cmdletbinding') {
      advanced = true
      shouldProcess = isOn(attribute, 'supportsshouldprocess')
      for (const [name, value] of attribute.named) {
        if (name === 'confirmimpact')
          confirmImpact = textOf(value, attribute).toLowerCase() as Block['confirmImpact']
        else if (!['supportsshouldprocess', 'positionalbinding'].includes(name))
          unsupported(attribute.node, name)
      }
    } else if (!['outputtype', 'diagnostics.codeanalysis.suppressmessageattribute'].includes(attribute.name))
      unsupported(attribute.node)
  }
  const list = holder && parts(holder).find((part) => part.type === 'parameter_list')
  const parameters = (list ? parts(list) : [])
    .filter((part) => part.type === 'script_parameter')
    .map((part) => {
      const lowered = lowerParameter(part, ctx)
      advanced ||= lowered.advanced
      return lowered.parameter
    })
  return { parameters, advanced, shouldProcess, confirmImpact }
}

function lowerParameter(node: Node, ctx: Lowering): { parameter: Parameter; advanced: boolean } {
  const variable = lowerVariable(parts(node).find((part) => part.type === 'variable')!)
  if (variable.kind !== 'var' || variable.scope !== '') return unsupported(node)
  const defaultNode = parts(node).find((part) => part.type === 'script_parameter_default')
  const parameter: Parameter = {
    name: variable.name,
    type: typeOf(node),
    defaultValue: defaultNode ? lowerExpression(parts(defaultNode)[1], ctx) : undefined,
    mandatory: false,
    position: undefined,
    fromPipeline: false,
    fromPipelineByPropertyName: false,
    aliases: [],
    parameterSet: undefined,
    validations: [],
  }
  let advanced = false
  for (const attribute of attributesOf(node, ctx)) {
    if (attribute.name === 'parameter') {
      advanced = true
      applyParameter(parameter, attribute)
    } else if (attribute.name === 'alias')
      parameter.aliases.push(...attribute.positional.map((e) => textOf(e, attribute)))
    else if (
      attribute.name !== 'allownull' &&
      attribute.name !== 'allowemptystring' &&
      attribute.name !== 'allowemptycollection'
    )
      parameter.validations.push(validationOf(attribute))
  }
  return { parameter, advanced }
}

function applyParameter(parameter: Parameter, attribute: Attribute): void {
  for (const [name, value] of attribute.named) {
    if (name === 'mandatory') parameter.mandatory = isOn(attribute, name)
    else if (name === 'position') parameter.position = numberOf(value, attribute)
    else if (name === 'valuefrompipeline') parameter.fromPipeline = isOn(attribute, name)
    else if (name === 'valuefrompipelinebypropertyname')
      parameter.fromPipelineByPropertyName = isOn(attribute, name)
    else if (name !== 'helpmessage') unsupported(attribute.node, `argument ${name}`)
  }
}

function validationOf(attribute: Attribute): Validation {
  const { name, positional } = attribute
  switch (name) {
    case 'validateset':
      return { kind: 'set', values: positional.map((value) => textOf(value, attribute)) }
    case 'validaterange':
      return {
        kind: 'range',
        min: numberOf(positional[0], attribute),
        max: numberOf(positional[1], attribute),
      }
    case 'validatenotnullorempty':
      return { kind: 'notNullOrEmpty' }
    case 'validatenotnull':
      return { kind: 'notNull' }
    case 'validatepattern':
      return { kind: 'pattern', pattern: textOf(positional[0], attribute) }
    case 'validatescript':
      if (positional[0]?.kind === 'block') return { kind: 'script', block: positional[0].block }
      return unsupported(attribute.node)
    default:
      return unsupported(attribute.node)
  }
}

function typeOf(node: Node): TypeName | undefined {
  const list = parts(node).find((part) => part.type === 'attribute_list')
  const types = (list ? parts(list) : []).flatMap(parts).filter((part) => part.type === 'type_literal')
  if (types.length > 1) return unsupported(node, 'two types')
  return types[0] && lowerType(types[0])
}

function attributesOf(node: Node | undefined, ctx: Lowering): Attribute[] {
  const list = node && parts(node).find((part) => part.type === 'attribute_list')
  return (list ? parts(list) : [])
    .filter((attribute) => parts(attribute)[0].type !== 'type_literal')
    .map((attribute) => {
      const name = parts(attribute).find((part) => part.type === 'attribute_name')!
      const args = parts(attribute).find((part) => part.type === 'attribute_arguments')
      const result: Attribute = {
        node: attribute,
        name: name.text.toLowerCase(),
        positional: [],
        named: new Map(),
      }
      for (const argument of args ? parts(args).filter((part) => part.type === 'attribute_argument') : []) {
        const [first, , value] = parts(argument)
        if (first.type === 'simple_name')
          result.named.set(first.text.toLowerCase(), value && lowerExpression(value, ctx))
        else result.positional.push(lowerExpression(first, ctx))
      }
      return result
    })
}

/** `SupportsShouldProcess` and `SupportsShouldProcess = $true`. */
function isOn(attribute: Attribute, name: string): boolean {
  if (!attribute.named.has(name)) return false
  const value = attribute.named.get(name)
  if (value === undefined) return true
  if (value.kind === 'var') return value.name.toLowerCase() === 'true'
  return unsupported(attribute.node)
}

function textOf(expr: Expr | undefined, attribute: Attribute): string {
  if (expr?.kind === 'const' && typeof expr.value === 'string') return expr.value
  if (expr?.kind === 'const' && typeof expr.value === 'number') return String(expr.value)
  if (expr?.kind === 'string' && expr.parts.every((part) => typeof part === 'string'))
    return expr.parts.join('')
  return unsupported(attribute.node)
}

function numberOf(expr: Expr | undefined, attribute: Attribute): number {
  if (expr?.kind === 'const' && typeof expr.value === 'number') return expr.value
  if (expr?.kind === 'const' && expr.value instanceof Double) return expr.value.value
  if (expr?.kind === 'unary' && expr.op === '-') return -numberOf(expr.operand, attribute)
  return unsupported(attribute.node)
}
