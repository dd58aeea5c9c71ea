/*
 * What is measured is what is published: the modules of dist/. Their types come from src/, so that the type check of a fresh
 * clone needs no build.
 */

const load = async <Module>(file: string): Promise<Module> =>
  (await import(new URL(`../dist/${file}`, import.meta.url).href)) as Module

export const { createMigrator } = await load<typeof import('../src/index.ts')>('index.js')
export const { startEmbedded } = await load<typeof import('../src/embedded/server.ts')>('embedded/server.js')
