import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** At once and all of it, also in a process that was started without `--expose-gc`. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
