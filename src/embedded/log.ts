import { readFile } from 'node:fs/promises'

/** The server's log, empty while there is none. */
export async function readLog(logFile: string): Promise<string> {
  try {
    return await readFile(logFile, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** The last lines of the log in one line, for an error message. */
export async function logTail(logFile: string, lines = 6): Promise<string> {
  return (await readLog(logFile)).trimEnd().split('\n').slice(-lines).join(' / ')
}
