// A stand-in for /api/web/* with the built widget, to try the chat without the server:
//   node tests/mock.mjs 8305        then http://127.0.0.1:8305/ and /foreign
// POST /mock {"do": "say"|"staff"|"drop"|"expire"|"refuse"|"hold", …} steers it.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { ANSWERS, MENU, UNKNOWN, content } from './mock_content.mjs'

const wanted = Number(process.argv[2] ?? 0)
const dist = new URL('../dist/widget/', import.meta.url)
const TYPES = { html: 'text/html', js: 'text/javascript', svg: 'image/svg+xml' }
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': 'GET, POST, PUT' }
const foreign = (origin) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>某单位网站</title><style>*{color:red;font-family:monospace;font-size:40px}button{background:lime}</style>
<body><p>嵌入页</p><script src="/widget.js" data-server="${origin}" async></script></body></html>`

const chats = new Map()
let refuse = 0
let hold = false
let thinkMs = 600

function chatOf(request) {
  const token = (request.headers.authorization ?? '').replace('Bearer ', '')
  return chats.get(token) ?? null
}

function begin() {
  const chat = { id: randomUUID(), log: [], control: 'bot', position: null, staff: null, thinking: false, streams: new Set(), keys: new Map() }
  const token = createHash('sha256').update(chat.id).digest('hex')
  chats.set(token, chat)
  return { token, conversation_id: chat.id, expires_at: new Date(Date.now() + 86400e3).toISOString() }
}

function state(chat) {
  return { control: chat.control, position: chat.position, staff_name: chat.staff, thinking: chat.thinking, last_seq: chat.log.length }
}

const frame = (event, data, id) => `${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

function tell(chat, text) {
  for (const stream of chat.streams) stream.write(text)
}

function write(chat, author, part, extra = {}) {
  const seq = chat.log.length + 1
  const message = {
    id: createHash('md5').update(chat.id + seq).digest('hex'), seq, prev: seq - 1, author, author_name: null, internal: false,
    at: new Date().toISOString(), content: content(part), key: null, band: null, ...extra,
  }
  chat.log.push(message)
  tell(chat, frame('message', message, seq))
  return message
}

const change = (chat, part) => {
  Object.assign(chat, part)
  tell(chat, frame('state', state(chat)))
}

function answer(chat, text) {
  const [, band, reply] = ANSWERS.find(([word]) => text.includes(word)) ?? [null, 'none', UNKNOWN]
  change(chat, { thinking: true })
  setTimeout(() => {
    write(chat, 'assistant', reply, { band })
    change(chat, { thinking: false })
  }, thinkMs)
}

function receive(chat, body, text) {
  const known = chat.keys.get(body.client_msg_id)
  if (known) return { id: known.id, seq: known.seq, duplicate: true }
  const message = write(chat, 'talent', { paragraphs: [text] }, { key: body.client_msg_id })
  chat.keys.set(body.client_msg_id, message)
  if (text.includes('转人工')) {
    change(chat, { control: 'queued', position: 2 })
    write(chat, 'system', { paragraphs: ['已为您转接人工，正在排队。'] })
  } else if (chat.control !== 'human') answer(chat, text)
  return { id: message.id, seq: message.seq, duplicate: false }
}

function textOf(chat, path, body) {
  if (path === '/api/web/human') return '转人工'
  if (body.faq) return MENU.categories.flatMap((c) => c.questions).find((q) => q.faq === body.faq).title
  if (body.item) return `我要办：${MENU.items.find((i) => i.key === body.item).name}`
  if (!body.button) return body.text
  const message = chat.log.find((m) => m.id === body.button.message_id)
  return message.content.buttons[body.button.index].title
}

/** Test handles: what a specialist, a network or an operator would do. */
function steer(body) {
  if (body.do === 'staff') for (const chat of chats.values()) {
    if (chat.control !== 'human') change(chat, { control: 'human', position: null, staff: '林晓' })
    write(chat, 'staff', { paragraphs: [body.text] }, { author_name: '林晓' })
  }
  if (body.do === 'say') for (const chat of chats.values()) for (const part of body.contents) write(chat, 'assistant', part)
  if (body.do === 'drop') for (const chat of chats.values()) for (const stream of chat.streams) stream.destroy()
  if (body.do === 'expire') chats.clear()
  if (body.do === 'refuse') refuse = body.times
  if (body.do === 'hold') hold = body.on
  if (body.do === 'think') thinkMs = body.ms
  if (body.do === 'fill') for (const chat of chats.values()) {
    for (let n = 1; n <= body.count; n += 1) write(chat, n % 2 ? 'talent' : 'assistant', { paragraphs: [`第 ${n} 条记录`] })
  }
}

const json = (response, status, body) => {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...CORS })
  response.end(status === 204 ? undefined : JSON.stringify(body))
}
const fail = (response, status, code, message) => json(response, status, { error: { code, message } })

function events(request, response, chat, query) {
  const after = Number(query.get('after') ?? 0)
  const missed = chat.log.filter((message) => message.seq > after)
  if (query.get('mode') === 'poll') {
    setTimeout(() => json(response, 200, { messages: chat.log.filter((m) => m.seq > after), state: state(chat) }), missed.length ? 0 : 1000)
    return
  }
  if (hold) return // A proxy that lets nothing through.
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', ...CORS })
  response.write(': open\n\n' + missed.map((m) => frame('message', m, m.seq)).join('') + frame('state', state(chat)))
  chat.streams.add(response)
  response.on('close', () => chat.streams.delete(response))
}

function api(request, response, url, body) {
  const path = url.pathname
  if (path === '/mock') return steer(body), json(response, 204)
  if (path === '/api/web/menu') return json(response, 200, MENU)
  if (refuse > 0 && request.method === 'POST') {
    refuse -= 1
    return fail(response, 503, 'unavailable', '服务暂时不可用，请稍后重试。')
  }
  if (path === '/api/web/session' && !chatOf(request)) return json(response, 200, begin())
  const chat = chatOf(request)
  if (!chat) return fail(response, 401, 'session_expired', '会话已过期，请刷新页面重新开始。')
  if (path === '/api/web/events') return events(request, response, chat, url.searchParams)
  if (path === '/api/web/history') {
    const before = Number(url.searchParams.get('before'))
    const limit = Number(url.searchParams.get('limit') ?? 50)
    return json(response, 200, { messages: chat.log.filter((m) => m.seq < before).slice(-limit), state: state(chat) })
  }
  if (path === '/api/web/cancel-human') {
    change(chat, { control: 'bot', position: null })
    write(chat, 'system', { paragraphs: ['已取消排队。'] })
    return json(response, 204)
  }
  if (path === '/api/web/feedback' || path === '/api/web/region') return json(response, 204)
  if ((body.text ?? '').length > 2000) return fail(response, 413, 'text_too_long', '一次最多 2000 字，请分条发送。')
  return json(response, 200, receive(chat, body, textOf(chat, path, body)))
}

const server = createServer((request, response) => {
  const url = new URL(request.url, `http://${request.headers.host}`)
  if (request.method === 'OPTIONS') return response.writeHead(204, CORS).end()
  if (url.pathname === '/foreign') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(foreign(url.origin))
  if (url.pathname.startsWith('/api/') || url.pathname === '/mock') {
    let text = ''
    request.on('data', (part) => (text += part))
    request.on('end', () => api(request, response, url, text ? JSON.parse(text) : {}))
    return
  }
  const name = url.pathname === '/' ? 'index.html' : url.pathname.slice(1)
  const file = new URL(name, dist)
  if (!existsSync(file)) return response.writeHead(404).end()
  response.writeHead(200, { 'Content-Type': TYPES[name.split('.').pop()], 'Content-Security-Policy': CSP })
  response.end(readFileSync(file))
})
// Without a port on the command line the system picks a free one; the printed address tells which.
server.listen(wanted, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
