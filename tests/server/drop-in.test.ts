import { describeHandlers } from '../routes/handlers.contract.ts'
import type { TestServer } from '../routes/rest-client.ts'
import { bareEngine } from './bare-engine.ts'
import { manyUsers, startTestServer } from './test-server.ts'

/** The whole server, asked by one of its users. */
async function underTenancy(): Promise<TestServer> {
  const server = await startTestServer(manyUsers(3))
  const headers = { 'x-api-key': 'key-of-user-1' }
  return { baseUrl: server.url, headers, close: server.close }
}

describeHandlers('a bare engine', bareEngine)
describeHandlers('the proxy under tenancy', underTenancy)
