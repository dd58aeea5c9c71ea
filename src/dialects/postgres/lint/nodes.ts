import type { Node } from '../parser.ts'

/** A value of the parse tree, as far as it is looked at. */
export type Tree = Readonly<Record<string, unknown>>

/** The node in a wrapper of one key, and its type. */
export function bodyOf(wrapped: unknown): readonly [string, Tree] {
  if (wrapped === null || typeof wrapped !== 'object') return ['', {}]
  const [type, node] = Object.entries(wrapped as Node)[0] ?? ['', {}]
  return [type, (node ?? {}) as Tree]
}

/** A child by its key. */
export const child = (node: Tree, key: string): Tree => {
  const value = node[key]
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Tree) : {}
}

/** The children of a list, each out of its wrapper. */
export const list = (node: Tree, key: string): readonly (readonly [string, Tree])[] => {
  const value = node[key]
  return Array.isArray(value) ? value.map(bodyOf) : []
}

/** A text of a node, `''` where it has none. */
export const text = (node: Tree, key: string): string => {
  const value = node[key]
  return typeof value === 'string' ? value : ''
}

/** The words of a name that is a list of strings. */
export const words = (node: Tree, key: string): readonly string[] => list(node, key).map(([, own]) => text(own, 'sval'))

/** A table of a statement as it is written: `schema.name`. */
export function tableOf(relation: Tree): string {
  const schema = text(relation, 'schemaname')
  return schema === '' ? text(relation, 'relname') : `${schema}.${text(relation, 'relname')}`
}

/** Whether CASCADE is said. */
export const isCascade = (node: Tree): boolean => node.behavior === 'DROP_CASCADE'
