import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { modelChoice } from '../../src/config/role-fields.ts'

const COMMON = {
  LLM_BINDING: 'openai',
  LLM_BINDING_HOST: 'https://models.example/v1',
  LLM_BINDING_API_KEY: 'common-key',
  LLM_MODEL: 'common-model',
}
const choice = (env: Record<string, string>) =>
  modelChoice(loadConfig({ ...COMMON, ...env }), 'QUERY')

describe('the model of a role', () => {
  it('is the common one unless something else is said', () => {
    expect(choice({})).toEqual({
      binding: 'openai',
      host: 'https://models.example/v1',
      apiKey: 'common-key',
      model: 'common-model',
    })
    expect(choice({ QUERY_LLM_MODEL: 'large' })).toMatchObject({
      apiKey: 'common-key',
      model: 'large',
    })
  })

  it('never takes the common key to another address or provider', () => {
    const elsewhere = { QUERY_LLM_BINDING_HOST: 'https://other.example/v1' }
    expect(choice(elsewhere)).toMatchObject({ apiKey: undefined, model: 'common-model' })
    expect(choice({ ...elsewhere, QUERY_LLM_BINDING_API_KEY: 'own' }).apiKey).toBe('own')
    expect(choice({ QUERY_LLM_BINDING: 'ollama', QUERY_LLM_MODEL: 'local' })).toEqual({
      binding: 'ollama',
      host: undefined,
      apiKey: undefined,
      model: 'local',
    })
  })

  it('must be named when its provider is another', () => {
    expect(() => choice({ QUERY_LLM_BINDING: 'ollama' })).toThrow(/QUERY_LLM_MODEL must name/)
    expect(() => choice({ QUERY_LLM_BINDING_HOST: 'nowhere' })).toThrow(/QUERY_LLM_BINDING_HOST/)
    expect(choice({ QUERY_LLM_BINDING: 'offline' }).binding).toBe('offline')
  })
})
