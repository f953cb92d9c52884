// A stand-in for /api/web/* with the built widget, to try the chat without the server:
//   node tests/mock.mjs 8305        then http://127.0.0.1:8305/ and /foreign
// POST /mock {"do": "say"|"staff"|"state"|"rate"|"desk"|"file"|"drop"|"expire"|"refuse"|"hold", …} steers it;
// {"do": "lose", "times": n} keeps what is posted and loses the answer.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { ANSWERS, MENU, UNKNOWN, content } from './mock_content.mjs'

const wanted = Number(process.argv[2] ?? 0)
const dist = process.argv[3] ? new URL(`file://${process.argv[3]}/`) : new URL('../dist/widget/', import.meta.url)
const TYPES = { html: 'text/html', js: 'text/javascript', svg: 'image/svg+xml' }
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'"
const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': 'GET, POST, PUT' }
const foreign = (origin) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>某单位网站</title><style>*{color:red;font-family:monospace;font-size:40px}button{background:lime}</style>
<body><p>嵌入页</p><script src="/widget.js" data-server="${origin}" async></script></body></html>`

const chats = new Map()
let refuse = 0
let refuseStatus = 503
let lose = 0
let hold = false
let outlook = { guess: '政策咨询', open: true, opens_at: null, position: null }
const files = new Map()
let thinkMs = 600

function chatOf(request) {
  const token = (request.headers.authorization ?? '').replace('Bearer ', '')
  return chats.get(token) ?? null
}

function begin() {
  const chat = { id: randomUUID(), log: [], control: 'bot', position: null, staff: null, thinking: false, more: {}, seenByTalent: 0, typed: 0, streams: new Set(), keys: new Map() }
  const token = createHash('sha256').update(chat.id).digest('hex')
  chats.set(token, chat)
  return { token, conversation_id: chat.id, expires_at: new Date(Date.now() + 86400e3).toISOString() }
}

function state(chat) {
  return {
    control: chat.control, position: chat.position, expected_wait_s: null, staff_name: chat.staff, thinking: chat.thinking,
    last_seq: chat.log.length, seen_by_staff: 0, seen_by_talent: chat.seenByTalent, typing: false, ...chat.more,
  }
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
    change(chat, { control: 'queued', position: 2, more: { expected_wait_s: 300 } })
    write(chat, 'system', { paragraphs: ['已为您转接人工，正在排队。'],
      buttons: [{ title: '留言，请专员联系我', wish: 'ticket' }, { title: '取消排队', wish: 'cancel' }] })
  } else if (chat.control === 'bot' || chat.control === 'closed') answer(chat, text)
  return { id: message.id, seq: message.seq, duplicate: false }
}

function keepFile(data, type) {
  const id = createHash('md5').update(randomUUID()).digest('hex')
  files.set(id, { data, type })
  return id
}

function receiveFile(chat, url, bytes) {
  const key = url.searchParams.get('key')
  const known = chat.keys.get(key)
  if (known) return { id: known.id, seq: known.seq, duplicate: true }
  const name = url.searchParams.get('name')
  const type = /\.(png|jpe?g)$/i.test(name) ? 'image/png' : 'application/octet-stream'
  const message = write(chat, 'talent', { files: [{ id: keepFile(bytes, type), name, media_type: type, size: bytes.length }] }, { key })
  chat.keys.set(key, message)
  return { id: message.id, seq: message.seq, duplicate: false }
}

function textOf(chat, path, body) {
  if (path === '/api/web/human') return '转人工'
  if (body.faq) return MENU.categories.flatMap((c) => c.questions).find((q) => q.faq === body.faq).title
  if (body.way) return MENU.ways.find((one) => one.way === body.way).title
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
  if (body.do === 'state') for (const chat of chats.values()) change(chat, body.state)
  if (body.do === 'rate') for (const chat of chats.values()) {
    write(chat, 'system', { question: '请为这次人工服务打分：', rate: 'e'.repeat(32), buttons: [{ title: '非常满意' }] })
  }
  if (body.do === 'desk') outlook = { ...outlook, ...body.outlook }
  if (body.do === 'file') for (const chat of chats.values()) {
    const id = keepFile(Buffer.from(body.base64, 'base64'), body.media_type)
    write(chat, 'staff', { files: [{ id, name: body.name, media_type: body.media_type, size: files.get(id).data.length }] }, { author_name: '林晓' })
  }
  if (body.do === 'lose') lose = body.times
  if (body.do === 'say') for (const chat of chats.values()) for (const part of body.contents) write(chat, 'assistant', part)
  if (body.do === 'drop') for (const chat of chats.values()) for (const stream of chat.streams) stream.destroy()
  if (body.do === 'expire') chats.clear()
  if (body.do === 'refuse') [refuse, refuseStatus] = [body.times, body.status ?? 503]
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

function api(request, response, url, body, bytes) {
  const path = url.pathname
  if (path === '/mock') return steer(body), json(response, 204)
  if (path === '/api/web/menu') return json(response, 200, MENU)
  if (refuse > 0 && request.method === 'POST') {
    refuse -= 1
    return fail(response, refuseStatus, 'refused', '服务暂时不可用，请稍后重试。')
  }
  if (path === '/api/web/session' && !chatOf(request)) return json(response, 200, begin())
  const chat = chatOf(request)
  if (!chat) return fail(response, 401, 'session_expired', '会话已过期，请刷新页面重新开始。')
  if (path === '/api/web/events') return events(request, response, chat, url.searchParams)
  if (lose > 0 && request.method === 'POST') {
    lose -= 1
    if (path === '/api/web/files') receiveFile(chat, url, bytes)
    else receive(chat, body, textOf(chat, path, body))
    return response.destroy()
  }
  if (path === '/api/web/human' && request.method === 'GET') return json(response, 200, outlook)
  if (path === '/api/web/typing') return (chat.typed += 1), json(response, 204)
  if (path === '/api/web/seen') return change(chat, { seenByTalent: Math.max(chat.seenByTalent, body.seq) }), json(response, 204)
  if (path === '/api/web/rating') return write(chat, 'system', { paragraphs: ['谢谢您的评价。'] }), json(response, 204)
  if (path === '/api/web/ticket') {
    if (chat.keys.has(body.client_msg_id)) return json(response, 200, chat.keys.get(body.client_msg_id))
    if (chat.control !== 'bot') change(chat, { control: 'bot', position: null, more: {} })
    const message = write(chat, 'talent', { paragraphs: ['留言，请专员联系我'] }, { key: body.client_msg_id })
    chat.keys.set(body.client_msg_id, message)
    write(chat, 'system', { paragraphs: [`已为您登记回电。${body.phone ? '专员会拨打 138****8000 联系您。' : ''}`] })
    return json(response, 200, { id: message.id, seq: message.seq, duplicate: false })
  }
  if (path === '/api/web/files') return json(response, 200, receiveFile(chat, url, bytes))
  if (path.startsWith('/api/web/files/')) {
    const file = files.get(path.split('/').pop())
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.type ?? 'text/plain', ...CORS })
    return response.end(file?.data)
  }
  if (path === '/api/web/history') {
    const before = Number(url.searchParams.get('before'))
    const limit = Number(url.searchParams.get('limit') ?? 50)
    return json(response, 200, { messages: chat.log.filter((m) => m.seq < before).slice(-limit), state: state(chat) })
  }
  if (path === '/api/web/cancel-human') {
    change(chat, { control: 'bot', position: null, staff: null, more: {} })
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
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      const bytes = Buffer.concat(parts)
      const json = bytes.length && request.headers['content-type']?.includes('json')
      api(request, response, url, json || url.pathname === '/mock' ? JSON.parse(bytes.toString() || '{}') : {}, bytes)
    })
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
