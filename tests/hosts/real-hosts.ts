import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/config.ts'
import { EngineHost, type HostExit } from '../../src/hosts/engine-host.ts'
import { EngineHosts } from '../../src/hosts/engine-hosts.ts'
import { HostDesk } from '../../src/hosts/host-desk.ts'
import { HostSockets } from '../../src/hosts/host-sockets.ts'
import { LifeFiles, livesFolder } from '../../src/life/life-files.ts'
import { FairScheduler } from '../../src/models/schedule/scheduler.ts'

const ENTRY = new URL('../../src/server/engines/host-process.ts', import.meta.url)
/** In MB. */
const HEAP = 256
const INFO = {
  auth_mode: 'disabled',
  core_version: '0',
  api_version: '0',
  webui_title: null,
  webui_description: null,
} as const

/** Real hosts over a folder, without a server before them. */
export function startRealHosts(folder: string, count: number): EngineHosts {
  const config = loadConfig({
    WORKING_DIR: join(folder, 'rag_storage'),
    INPUT_DIR: join(folder, 'inputs'),
    LOG_LEVEL: 'fatal',
  })
  const sockets = new HostSockets()
  const lives = new LifeFiles(livesFolder(config.WORKING_DIR))
  lives.prepare()
  const nothing = () => undefined
  const desk = () =>
    new HostDesk({
      slots: { llm: new FairScheduler({ limit: 1 }), embedding: new FairScheduler({ limit: 1 }) },
      ownSettings: undefined,
      quotas: undefined,
      queries: undefined,
      isOpenedBare: () => false,
      onUsage: nothing,
      onCpu: undefined,
      onClosed: nothing,
      onUnsettled: nothing,
      onRefused: nothing,
      operatorGauges: () => Promise.reject(new Error('nobody asks for them')),
    })
  const start = () =>
    new EngineHost({
      entry: ENTRY,
      start: {
        config,
        socketPath: sockets.next(),
        key: randomBytes(32),
        about: { info: INFO, flags: {} },
        hasTenants: false,
        hasQueryLimit: false,
      },
      desk: desk(),
      heapMb: HEAP,
      lives,
      onLine: nothing,
      onError: nothing,
    })
  const onEnd: (host: EngineHost, exit: HostExit) => void = nothing
  return new EngineHosts({ count, start, onEnd, onError: nothing })
}
