import type { Gate } from '../api.ts'
import type { GateInput } from '../gates.ts'
import { gate } from './gate.ts'
import type { Claim, Pod, PodEvidence } from './read-pods.ts'
import { type Standing, standingHints, standingOf, type VersionPolicy } from './standing.ts'

/** What of a look at the gates this one needs. */
export type PodPolicy = VersionPolicy & Pick<GateInput, 'requireGate' | 'evidenceMaxAge'>

const name = 'pods'
/** How far clocks may differ. */
const skew = 60_000

interface Judged {
  readonly pod: Pod
  readonly claim: Claim
  readonly standing: Standing
}

/** Is no pod there of a version that may not run any more? Asked for by naming a file. */
export function podsGate(policy: PodPolicy, evidence: PodEvidence | null, now: string): Gate {
  if (evidence === null) {
    const reason = 'no --evidence-file was named'
    return policy.requireGate.includes(name)
      ? gate(name, 'unknown', reason, 'Name what `kubectl get pods -o json` printed with --evidence-file.')
      : gate(name, 'not-applicable', reason)
  }
  const again = 'Write the file anew; it is read again at each look.'
  if ('problem' in evidence) return gate(name, 'unknown', evidence.problem, again)
  const age = evidence.at === null ? evidence.age : Date.parse(now) - Date.parse(evidence.at)
  const made = evidence.at === null ? `written ${seconds(age)} ago` : `of ${evidence.at}, ${seconds(age)} ago`
  if (age < -skew) return gate(name, 'unknown', `the evidence is of the future: ${made}`, 'Are the clocks right?')
  if (age > policy.evidenceMaxAge)
    return gate(name, 'unknown', `the evidence is ${made}: older than ${seconds(policy.evidenceMaxAge)}`, again)
  const judged = evidence.pods.flatMap((pod) => judge(policy, pod))
  if (judged.length === 0) return gate(name, 'unknown', `the evidence (${made}) names no pod that runs`, again)
  const those = (...kinds: readonly Standing['is'][]): readonly Judged[] =>
    judged.filter(({ standing }) => kinds.includes(standing.is))
  const shut = those('old', 'stranger')
  if (shut.length > 0) {
    const hint = those('old').length > 0 ? standingHints.old : standingHints.stranger
    return gate(name, 'failed', `there are pods (${made}): ${list(shut)}`, hint)
  }
  const untold = those('untold')
  if (untold.length > 0)
    return gate(
      name,
      'unknown',
      `there are pods (${made}): ${list(untold)}`,
      `${standingHints.untold} Pods of other apps can be left out: kubectl get pods -l app=...`,
    )
  // That an app is not named as old says nothing of those that are registered, of which nobody is there.
  const apps = [...new Set(policy.check.versions.map(({ app }) => app))].sort()
  if (apps.length > 0 && those('unnamed').length === judged.length)
    return gate(
      name,
      'unknown',
      `there is no pod of ${apps.join(', ')} (${made}), only: ${list(judged)}`,
      'Is it the list of another namespace, or of other labels? Print that of the app.',
    )
  return gate(name, 'ok', `there are only pods that may be (${made}): ${list(judged)}`)
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`

/** A container of an app that is registered is judged for itself; where there is none, the pod is as a whole. */
function judge(policy: PodPolicy, pod: Pod): readonly Judged[] {
  const registered = new Set(policy.check.versions.map(({ app }) => app))
  const own = pod.containers.filter(({ app }) => registered.has(app))
  const label = pod.label.version === null ? [] : [pod.label.version]
  const groups: readonly (readonly Claim[])[] =
    own.length > 0
      ? own.map(({ app, versions }) => claims(app, own.length === 1 ? [...versions, ...label] : versions))
      : [
          [
            ...pod.containers.flatMap(({ app, versions }) => claims(pod.label.app ?? app, versions)),
            ...claims(pod.label.app ?? pod.name, label),
          ],
        ]
  return groups.map((group) => {
    const all = group.map((claim): Judged => ({ pod, claim, standing: standingOf(policy, claim) }))
    const found = order.flatMap((is) => all.find(({ standing }) => standing.is === is) ?? [])[0]
    const nothing = { app: pod.label.app ?? pod.name, version: '(no version)' }
    return found ?? { pod, claim: nothing, standing: { is: 'untold', why: 'which tells no version' } }
  })
}

/** What is old by one name is, whatever else it is called; what may run by one may, though nobody knows its others. */
const order: readonly Standing['is'][] = ['old', 'fine', 'stranger', 'untold', 'unnamed']

const claims = (app: string, versions: readonly string[]): readonly Claim[] =>
  versions.map((version) => ({ app, version }))

function list(judged: readonly Judged[]): string {
  const groups = new Map<string, Judged[]>()
  for (const each of judged) {
    const key = JSON.stringify([each.claim.app, each.claim.version])
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [...groups.values()]
    .map((group) => {
      const [{ claim, standing }] = group as [Judged]
      const names = group.slice(0, 3).map(({ pod }) => {
        const notes = [pod.note, pod.since === null ? null : `since ${pod.since}`].filter((note) => note !== null)
        return notes.length === 0 ? pod.name : `${pod.name} (${notes.join(', ')})`
      })
      const more = group.length > names.length ? ` and ${group.length - names.length} more` : ''
      return `${claim.app} ${claim.version}, ${standing.why}: ${names.join(', ')}${more}`
    })
    .join('; ')
}
