/**
 * What JSON Schema can say of schemas that are predicates or readers here, beside them. Nothing at run time asks for it: scripts/build-schemas.mjs
 * makes the published schemas of it.
 */
const descriptions = new WeakMap<object, object>()

/** @param json a JSON Schema that accepts what `schema` accepts, and as little else as it can. */
export function described<S extends object>(schema: S, json: object): S {
  descriptions.set(schema, json)
  return schema
}

export function descriptionOf(schema: object): object | undefined {
  return descriptions.get(schema)
}
