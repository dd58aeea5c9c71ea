import { servers } from '../servers/databases.ts'

/**
 * How many statements of a verb the runner dies at: many where it is asked for, on a run with one server; with several a few on
 * each, by the seed, so that the run ends in time: `MATRIX=full` tries all on all.
 */
export function sampleFor(kind: 'every' | 'some'): { readonly sample?: number } {
  const several = servers().length > 1
  if (kind === 'every') return { sample: several ? 3 : 20 }
  return { sample: several ? 1 : 2 }
}
