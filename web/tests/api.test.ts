import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError, createApi, newKey, withQuery } from '../shared/index'

const answering = (response: Response | Error): { fetch: typeof fetch; calls: [string, RequestInit][] } => {
  const calls: [string, RequestInit][] = []
  const fake = async (url: string, init: RequestInit): Promise<Response> => {
    calls.push([url, init])
    if (response instanceof Error) throw response
    return response
  }
  return { fetch: fake as unknown as typeof fetch, calls }
}

async function refusal(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(() => null, (reason: unknown) => reason)
  assert.ok(error instanceof ApiError)
  return error
}

describe('api', () => {
  it('carries the headers of the moment and parses the answer', async () => {
    const { fetch, calls } = answering(new Response('{"seq":3}', { status: 200 }))
    const api = createApi({ base: 'https://a.example', headers: () => ({ Authorization: 'Bearer x' }), fetch })
    assert.deepEqual(await api.post('/api/web/messages', { text: '你好' }), { seq: 3 })
    const [url, init] = calls[0]!
    assert.equal(url, 'https://a.example/api/web/messages')
    assert.equal((init.headers as Record<string, string>).Authorization, 'Bearer x')
    assert.equal(init.body, '{"text":"你好"}')
  })

  it('turns a refusal into code, sentence and fields', async () => {
    const body = '{"error":{"code":"text_too_long","message":"太长了","fields":{"text":"最多2000字"}}}'
    const error = await refusal(createApi({ fetch: answering(new Response(body, { status: 413 })).fetch }).post('/x'))
    assert.deepEqual([error.code, error.message, error.status, error.retryable], ['text_too_long', '太长了', 413, false])
    assert.deepEqual(error.fields, { text: '最多2000字' })
  })

  it('stays readable when a proxy answers with its own page', async () => {
    for (const body of ['<html>Bad Gateway</html>', 'null', '{"error":"nope"}', '[]']) {
      const error = await refusal(createApi({ fetch: answering(new Response(body, { status: 502 })).fetch }).get('/x'))
      assert.deepEqual([error.code, error.retryable], ['http_502', true])
      assert.ok(error.message.length > 4)
    }
  })

  it('names a missing network', async () => {
    const error = await refusal(createApi({ fetch: answering(new TypeError('failed')).fetch }).get('/x'))
    assert.deepEqual([error.code, error.status, error.retryable], ['no_connection', 0, true])
  })

  it('has no body for 204', async () => {
    const { fetch } = answering(new Response(null, { status: 204 }))
    assert.equal(await createApi({ fetch }).put('/x', {}), undefined)
  })

  it('leaves empty query values out and encodes the others', () => {
    assert.equal(withQuery('/a', { region: '', page: 0, q: '三支 一扶&', none: null }), '/a?page=0&q=%E4%B8%89%E6%94%AF%20%E4%B8%80%E6%89%B6%26')
  })

  it('makes well-formed keys without randomUUID too', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    assert.match(newKey(), uuid)
    const original = crypto.randomUUID
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true })
    try {
      assert.match(newKey(), uuid)
    } finally {
      Object.defineProperty(crypto, 'randomUUID', { value: original, configurable: true })
    }
  })
})
