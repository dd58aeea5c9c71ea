import type { z } from 'zod'
import type { Path } from './path.ts'
import { plainJsonSchema } from './plain-json-schema.ts'

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly additionalProperties?: Node | boolean
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
}

function alternatives(node: Node): readonly Node[] {
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? [])]
  return inner.length === 0 ? [node] : inner.flatMap(alternatives)
}

function step(node: Node, key: PropertyKey): readonly Node[] {
  if (typeof key === 'number') return node.items === undefined ? [] : [node.items]
  const property = node.properties?.[String(key)]
  if (property !== undefined) return [property]
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []
}

/**
 * The keys that a schema allows at a path. Read from the JSON Schema that it makes, because that is plain data: unions,
 * optionals and refinements are the same few shapes there.
 */
export function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let nodes = alternatives(plainJsonSchema(schema) as Node)
  for (const key of path) nodes = nodes.flatMap((node) => step(node, key)).flatMap(alternatives)
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))]
}
