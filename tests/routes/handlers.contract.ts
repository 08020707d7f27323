import { afterAll, beforeAll, describe } from 'vitest'
import { replyCheck } from '../contract/reply-check.ts'
import { describeBadInput } from './bad-input.contract.ts'
import { describeDocuments } from './documents.contract.ts'
import { describeGraph } from './graph.contract.ts'
import { describeGraphEdits } from './graph-edits.contract.ts'
import { describeQueries } from './queries.contract.ts'
import { RestClient, type TestServer } from './rest-client.ts'
import { describeUploads } from './uploads.contract.ts'

/**
 * What the handlers promise to a client, whatever engine answers and whatever is wrapped around it.
 * Speaks HTTP only; empties the workspace that the server's credentials lead to.
 */
export function describeHandlers(name: string, makeServer: () => Promise<TestServer>): void {
  describe(`handlers on ${name}`, () => {
    let server: TestServer
    let rest: RestClient

    beforeAll(async () => {
      server = await makeServer()
      rest = new RestClient(server, await replyCheck())
      await rest.clear()
    })
    afterAll(() => server.close())

    const client = () => rest
    describeDocuments(client)
    describeUploads(client)
    describeQueries(client)
    describeGraph(client)
    describeGraphEdits(client)
    describeBadInput(client)
  })
}
