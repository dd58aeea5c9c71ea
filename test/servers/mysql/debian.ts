import { execFile } from 'node:child_process'
import { access, mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Downloads a package of Debian's unstable suite with all it depends on, libc included, and unpacks them into `folder`. The
 * system is not touched: apt gets a state of its own in `scratch`, in which nothing is installed.
 */
export async function unpackFromUnstable(name: string, folder: string, scratch: string): Promise<void> {
  const flags = await privateApt(scratch)
  await run('apt-get', [...flags, 'update'])
  await run('apt-get', [...flags, '--download-only', '-y', '--no-install-recommends', 'install', name])
  const archives = path.join(scratch, 'cache', 'archives')
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await run('dpkg-deb', ['-x', path.join(archives, file), folder])
  }
}

async function privateApt(scratch: string): Promise<readonly string[]> {
  const within = (...parts: string[]): string => path.join(scratch, ...parts)
  await mkdir(within('lists', 'partial'), { recursive: true })
  await mkdir(within('cache', 'archives', 'partial'), { recursive: true })
  await writeFile(within('status'), '')
  await writeFile(within('sources'), `deb ${await signedBy()}${await debianArchive()} sid main\n`)
  const settings = {
    'Dir::Etc::sourcelist': within('sources'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::Lists': within('lists'),
    'Dir::State::status': within('status'),
    'Dir::Cache': within('cache'),
    'Debug::NoLocking': 'true',
    // The download would otherwise be handed to a user who may not enter this folder.
    'APT::Sandbox::User': '',
    // What images for containers set: the archives would be gone before they are unpacked.
    'Binary::apt-get::APT::Keep-Downloaded-Packages': 'true',
    'DPkg::Post-Invoke': '',
    'APT::Update::Post-Invoke': '',
  }
  return Object.entries(settings).map(([name, value]) => `-o${name}=${value}`)
}

// The mirror that this machine uses for its own suite has the others too.
async function debianArchive(): Promise<string> {
  const format = ['--format', '$(REPO_URI)', 'Created-By: Packages']
  const { stdout } = await run('apt-get', ['indextargets', ...format])
  const archive = stdout.split('\n').find((uri) => /\/debian\/?$/.test(uri))
  if (archive === undefined) throw new Error('This machine has no Debian archive among the sources of its apt')
  return archive
}

async function signedBy(): Promise<string> {
  return access(keyring).then(
    () => `[signed-by=${keyring}] `,
    () => '',
  )
}
