import { afterEach, describe, expect, it } from 'vitest'
import { FakeRag } from './fake-rag.ts'
import { SERVER_INFO, startServer } from './fake-server.ts'
import { RestClient, type TestServer } from './rest-client.ts'

class UntouchableRag extends FakeRag {
  override async status(): Promise<never> {
    throw new Error('nobody may ask')
  }
}

describe('GET /health', () => {
  let server: TestServer
  afterEach(() => server.close())

  it('shows a stranger that the server lives, and asks no engine', async () => {
    server = await startServer(new UntouchableRag(), {
      health: { info: SERVER_INFO, details: () => false },
    })
    const { status, body } = await new RestClient(server).get('/health')
    expect(status).toBe(200)
    expect(body).toEqual({ status: 'healthy', ...SERVER_INFO })
  })

  it('shows the state of the engine to those who may see it', async () => {
    server = await startServer(new FakeRag(), {
      health: { info: SERVER_INFO, details: (request) => request.headers['x-who'] === 'me' },
    })
    const reply = await new RestClient({ ...server, headers: { 'x-who': 'me' } }).get('/health')
    expect(reply.body).toEqual({
      status: 'healthy',
      ...SERVER_INFO,
      ...(await new FakeRag().status()),
    })
  })
})
