import { describe, expect, it } from 'vitest'
import { boundedBody, boundsOfVectors } from '../../../src/models/calls/bounded-body.ts'
import { CallFailure } from '../../../src/models/calls/call-failure.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function responseOf(pieces: Iterable<string>): Response {
  const left = pieces[Symbol.iterator]()
  return new Response(
    new ReadableStream({
      pull(controller) {
        const next = left.next()
        if (next.done) controller.close()
        else controller.enqueue(bytes(next.value))
      },
    }),
    { status: 201, headers: { 'x-kept': 'yes' } },
  )
}

function* endless(piece: string) {
  for (;;) yield piece
}

async function piecesOf(response: Response): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of response.body ?? []) pieces.push(new TextDecoder().decode(piece))
  return pieces
}

const failure = (message: string) =>
  expect.objectContaining({ kind: 'unavailable', isFinal: true, message })

describe('the body of an answer', () => {
  it('is handed on as it is within its bounds, to the last byte', async () => {
    const bounded = boundedBody(responseOf(['abc', 'de']), { most: 5 })
    expect([bounded.status, bounded.headers.get('x-kept')]).toEqual([201, 'yes'])
    expect(await bounded.text()).toBe('abcde')
  })

  it('fails where it goes on for ever, and is not asked for again', async () => {
    const bounded = boundedBody(responseOf(endless('a'.repeat(1000))), { most: 3_000_000 })
    const error = await bounded.text().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CallFailure)
    expect(error).toEqual(failure('The model provider sent more than 3 MB'))
  })

  it('fails where one of its lines goes on for ever', async () => {
    const bounded = boundedBody(responseOf(endless('a'.repeat(1000))), { most: 1e9, line: 1e6 })
    await expect(bounded.text()).rejects.toEqual(failure('The model provider sent more than 1 MB'))
  })

  it('is handed on by whole lines where it comes in lines, whatever their ends', async () => {
    const text = 'data: one\n\ndata: two\r\n\rlast'
    const bounded = boundedBody(responseOf(text), { most: 100, line: 50 })
    const pieces = await piecesOf(bounded)
    expect(pieces.join('')).toBe(text)
    expect(pieces).toEqual(['data: one\n', '\n', 'data: two\r', '\n', '\r', 'last'])
  })

  it('may take as long as its vectors do', () => {
    const vectors = Array.from({ length: 32 }, () => Array(3072).fill(-0.012345678901234567))
    const sent = JSON.stringify(vectors, null, 8)
    expect(sent.length).toBeLessThan(boundsOfVectors(32, 3072).most)
  })
})
