import { expect, it } from 'vitest'
import { eventSource } from '../../../src/server/workspaces/event-source.ts'
import { WorkspaceEvents } from '../../../src/server/workspaces/workspace-events.ts'
import { context } from '../../../src/tenancy/context.ts'
import { OpenStreams } from '../../../src/tenancy/proxy/open-streams.ts'

const CALLER = {
  workspace: 'quarry',
  requestId: 'r1',
  principal: {
    userId: 'ann',
    username: 'ann',
    workspaces: [],
    defaultWorkspace: 'quarry',
    role: 'admin',
    superAdmin: false,
  },
} as const

it('keeps nothing of a listener who has left before a word was read', () => {
  const events = new WorkspaceEvents()
  const source = eventSource({ events, context, streams: new OpenStreams(), maxMs: 60_000 })
  const listen = (signal: AbortSignal) => context.run(CALLER, () => source.open(undefined, signal))
  listen(AbortSignal.abort())
  expect(events.listeners).toBe(0)
  const leaving = new AbortController()
  listen(leaving.signal)
  expect(events.listeners).toBe(1)
  leaving.abort()
  expect(events.listeners).toBe(0)
})
