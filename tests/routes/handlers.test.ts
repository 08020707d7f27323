import { startServer } from './fake-server.ts'
import { describeHandlers } from './handlers.contract.ts'

describeHandlers('a stand-in engine', () => startServer())
