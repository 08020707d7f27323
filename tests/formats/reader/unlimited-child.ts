import type { HostMessage } from '../../../src/formats/reader/reader-host.ts'

/** A reader on a system that refuses a limit. */
const say = (message: HostMessage) => process.send?.(message)
const usage = { cpuMs: 0, residentMb: 0 }

process.on('message', () => say({ kind: 'read', usage }))
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
say({ kind: 'ready', unlimited: ['data'], usage })
