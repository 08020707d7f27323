import Fastify, { type FastifyInstance } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { afterEach, describe, expect, it } from 'vitest'
import { addBodyParsers } from '../../src/http/body/body-parsers.ts'
import { addErrorHandler } from '../../src/http/errors/error-handler.ts'
import { httpServerOptions } from '../../src/http/http-conventions.ts'
import { validatorCompiler } from '../../src/http/validation/validator-compiler.ts'

describe('validation', () => {
  let app: FastifyInstance
  afterEach(() => app.close())

  /** Without the demand for bounds: what is validated here are single keywords. */
  const start = () => {
    app = Fastify(httpServerOptions)
    app.setValidatorCompiler(validatorCompiler)
    addBodyParsers(app)
    addErrorHandler(app)
  }
  const send = async (value: TSchema, given: unknown) => {
    start()
    app.post(
      '/',
      { bodyLimit: 2 ** 20, schema: { body: Type.Object({ value }) } },
      async (request) => request.body,
    )
    return app.inject({ method: 'POST', url: '/', payload: { value: given } })
  }
  const read = async (schema: TSchema, given: unknown): Promise<unknown> => {
    const reply = await send(schema, given)
    expect(reply.statusCode).toBe(200)
    return reply.json<{ value: unknown }>().value
  }
  const issue = async (schema: TSchema, given: unknown): Promise<unknown> => {
    const reply = await send(schema, given)
    expect(reply.statusCode).toBe(422)
    const { detail } = reply.json<{ detail: object[] }>()
    expect(detail).toHaveLength(1)
    return detail[0]
  }

  it.each([
    ['5', 5],
    [' -7 ', -7],
    ['5.0', 5],
    [5.0, 5],
    [true, 1],
  ])('reads the integer %j', async (given, value) => {
    expect(await read(Type.Integer(), given)).toBe(value)
  })

  it.each([
    ['0.5', 0.5],
    ['1e3', 1000],
    [2, 2],
  ])('reads the number %j', async (given, value) => {
    expect(await read(Type.Number(), given)).toBe(value)
  })

  it.each([
    [true, true],
    ['True', true],
    ['on', true],
    [1, true],
    ['no', false],
    [0, false],
    ['f', false],
  ])('reads the boolean %j', async (given, value) => {
    expect(await read(Type.Boolean(), given)).toBe(value)
  })

  it('makes no text of what is none', async () => {
    expect(await issue(Type.String(), 5)).toEqual({
      type: 'string_type',
      loc: ['body', 'value'],
      msg: 'Input should be a valid string',
      input: 5,
    })
  })

  it.each([
    [
      Type.String({ minLength: 3 }),
      'a',
      'String should have at least 3 characters',
      { min_length: 3 },
    ],
    [
      Type.String({ minLength: 1 }),
      '',
      'String should have at least 1 character',
      { min_length: 1 },
    ],
    [
      Type.String({ maxLength: 2 }),
      'abc',
      'String should have at most 2 characters',
      { max_length: 2 },
    ],
    [Type.String({ pattern: '^x' }), 'y', "String should match pattern '^x'", { pattern: '^x' }],
    [Type.Enum(['a']), 'b', "Input should be 'a'", { expected: "'a'" }],
    [
      Type.Enum(['a', 'b', 'c']),
      'z',
      "Input should be 'a', 'b' or 'c'",
      { expected: "'a', 'b' or 'c'" },
    ],
    [Type.Integer({ minimum: 1 }), '0', 'Input should be greater than or equal to 1', { ge: 1 }],
    [Type.Integer({ maximum: 9 }), 10, 'Input should be less than or equal to 9', { le: 9 }],
    [Type.Number({ exclusiveMinimum: 0 }), 0, 'Input should be greater than 0', { gt: 0 }],
    [Type.Number({ exclusiveMaximum: 1 }), 1, 'Input should be less than 1', { lt: 1 }],
    [
      Type.Array(Type.String(), { minItems: 1 }),
      [],
      'List should have at least 1 item after validation, not 0',
      { field_type: 'List', min_length: 1, actual_length: 0 },
    ],
    [
      Type.Array(Type.String(), { maxItems: 1 }),
      ['a', 'b'],
      'List should have at most 1 item after validation, not 2',
      { field_type: 'List', max_length: 1, actual_length: 2 },
    ],
  ])('words the limit of %j', async (schema, given, msg, ctx) => {
    expect(await issue(schema, given)).toMatchObject({
      loc: ['body', 'value'],
      msg,
      input: given,
      ctx,
    })
  })

  it.each([
    [Type.Integer(), 'x', 'int_parsing'],
    [Type.Integer(), '1.5', 'int_parsing'],
    [Type.Integer(), 1.5, 'int_from_float'],
    [Type.Integer(), null, 'int_type'],
    [Type.Integer(), [], 'int_type'],
    [Type.Number(), 'x', 'float_parsing'],
    [Type.Number(), {}, 'float_type'],
    [Type.Boolean(), 'perhaps', 'bool_parsing'],
    [Type.Boolean(), 2, 'bool_parsing'],
    [Type.Boolean(), [], 'bool_type'],
    [Type.Array(Type.String()), 'x', 'list_type'],
    [Type.Object({}), 'x', 'dict_type'],
    [Type.Unsafe({ type: ['integer', 'null'] }), 'x', 'int_parsing'],
  ])('calls %j given %j %s', async (schema, given, type) => {
    expect(await issue(schema, given)).toMatchObject({ type, loc: ['body', 'value'] })
  })

  it('counts the items of lists from nought in their places', async () => {
    const schema = Type.Array(Type.Object({ name: Type.String() }))
    expect(await issue(schema, [{ name: 'a' }, { name: 2 }])).toMatchObject({
      loc: ['body', 'value', 1, 'name'],
      input: 2,
    })
    await app.close()
    expect(await issue(schema, [{}])).toEqual({
      type: 'missing',
      loc: ['body', 'value', 0, 'name'],
      msg: 'Field required',
      input: {},
    })
  })

  it('passes null where it is allowed, and fills in a default where nothing was sent', async () => {
    const nullable = Type.Unsafe({ type: ['integer', 'null'], minimum: 1, default: 3 })
    expect(await read(nullable, null)).toBeNull()
    await app.close()
    expect(await read(nullable, undefined)).toBe(3)
  })

  it('gives each request a default of its own', async () => {
    start()
    const body = Type.Object({ list: Type.Array(Type.String(), { default: [] }) })
    app.post<{ Body: { list: string[] } }>(
      '/',
      { bodyLimit: 2 ** 20, schema: { body } },
      async (request) => {
        request.body.list.push('mine')
        return request.body.list
      },
    )
    const sendNothing = () => app.inject({ method: 'POST', url: '/', payload: {} })
    await sendNothing()
    expect((await sendNothing()).json()).toEqual(['mine'])
  })

  it('leaves out what the schema does not name', async () => {
    const schema = Type.Object({ known: Type.String() })
    expect(await read(schema, { known: 'a', unknown: 'b' })).toEqual({ known: 'a' })
  })

  it('stops listing faults before the answer outgrows the request', async () => {
    const reply = await send(
      Type.Array(Type.String()),
      Array.from({ length: 50_000 }, () => 1),
    )
    expect(reply.statusCode).toBe(422)
    expect(reply.body.length).toBeLessThan(10_000)
  })

  it('takes the last of a parameter given twice', async () => {
    start()
    const querystring = Type.Object({ limit: Type.Integer() })
    app.get('/', { schema: { querystring } }, async (request) => request.query)
    const reply = await app.inject({ url: '/?limit=x&limit=7' })
    expect(reply.json()).toEqual({ limit: 7 })
  })

  it('reads JSON under any JSON content type', async () => {
    start()
    app.post(
      '/',
      { bodyLimit: 2 ** 20, schema: { body: Type.Object({ a: Type.Integer() }) } },
      async ({ body }) => body,
    )
    for (const type of ['application/json; charset=utf-8', 'application/vnd.api+json']) {
      const headers = { 'content-type': type }
      const reply = await app.inject({
        method: 'POST',
        url: '/',
        headers,
        payload: '\ufeff{"a":1}',
      })
      expect(reply.json()).toEqual({ a: 1 })
    }
  })
})
