/** What the manifests name of an app. */
export interface ManifestOptions {
  /** The image with the migrations in it. */
  readonly image: string
  /** What begins the names of the Jobs. */
  readonly name: string
  readonly namespace: string | null
  /** The Secret, and the key in it, that holds the URL of the database. */
  readonly secret: string
  readonly secretKey: string
  /** How many databases there are, each with a key `<secretKey>-<index>`; null: one, with the key itself. */
  readonly shards: number | null
  /** What runs the command line in the image; empty: the image's own entrypoint does. */
  readonly command: readonly string[]
  /** A ConfigMap that holds the migrations, for an image without them. */
  readonly configMap: string | null
  /** The ServiceAccount of the pods, for a database that knows its clients by it. */
  readonly serviceAccount: string | null
  /** The version of the app that is being deployed, for the history. */
  readonly appVersion: string | null
  /** Who starts the Jobs: `kubectl`, a Helm hook or an Argo CD hook. */
  readonly hook: 'none' | 'helm' | 'argocd'
}

/** How the command line is started in an app's image that has it among its dependencies: no npm and no shell, which swallow signals. */
const installed: readonly string[] = ['node', 'node_modules/bellows/dist/cli/main.js']

/** What `init` writes: an image to be named. */
export const defaults: ManifestOptions = {
  image: 'your-app:latest',
  name: 'migrate',
  namespace: null,
  secret: 'database',
  secretKey: 'url',
  shards: null,
  command: installed,
  configMap: null,
  serviceAccount: null,
  appVersion: null,
  hook: 'none',
}
