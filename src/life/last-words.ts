import { LifeFiles, livesFolder } from './life-files.ts'
import { LIFE } from './process-life.ts'

/** Variables that Node and the system need; all others may be secrets. */
const NEEDED = /^(?:PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|HOSTNAME|NODE_\w+|SSL_CERT_\w+)$/

/**
 * Has this process leave word when it ends by itself: out of memory, by a fatal error of Node's, by
 * `abort`, or by an error that nobody caught. Node writes a report in the first two cases; so that no
 * secret comes into it, it leaves out the environment or, where it cannot, that is emptied. To be
 * called once, when the configuration has been read.
 *
 * @param root the folder of the workspaces
 * @param environment that of the process
 */
export function armLastWords(root: string, environment: NodeJS.ProcessEnv): void {
  const files = new LifeFiles(livesFolder(root))
  files.prepare()
  const report = process.report as NodeJS.ProcessReport & {
    excludeEnv?: boolean
    excludeNetwork?: boolean
  }
  if ('excludeEnv' in report) report.excludeEnv = true
  else {
    for (const name of Object.keys(environment)) if (!NEEDED.test(name)) delete environment[name]
  }
  // It would look up the names of all addresses that the process is connected to.
  report.excludeNetwork = true
  report.compact = true
  report.directory = files.folder
  report.filename = `${LIFE}.report.json`
  report.reportOnFatalError = true
  process.on('uncaughtExceptionMonitor', () => files.write(LIFE, 'died', { fault: 'exception' }))
  const abort = process.abort.bind(process)
  process.abort = () => {
    files.write(LIFE, 'died', { fault: 'abort' })
    return abort()
  }
}
