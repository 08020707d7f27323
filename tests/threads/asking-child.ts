import { LoneProcess } from '../../src/threads/lone-process.ts'
import type { Way } from './hungry-child.ts'

/** Asks in a process of its own what never comes to an end, until it is ended itself. */
const alone = new LoneProcess<Way, string>({
  worker: new URL('./hungry-child.ts', import.meta.url),
  heapMb: 64,
  maxBytes: 1024 ** 3,
  maxCpuMs: 600_000,
})
await alone.run('spin')
