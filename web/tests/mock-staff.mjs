// A stand-in for the server, to try the staff pages without it: node tests/mock-staff.mjs [port]
// Log-in: any user name with the password "demo"; "locked" is locked out, "fresh" must change the password.
// POST /mock/{talent,colleague,queue,drop,fail,expire} makes things happen from outside.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chats, faqs, mock, page, regions } from './mock-staff-data.mjs'

const PORT = Number(process.argv[2] ?? 8405)
const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const CSP = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const staff = {
  id: 's1', name: '李专员', username: 'li', must_change_password: false,
  permissions: ['desk.chat', 'desk.watch', 'faq.read', 'faq.edit', 'faq.publish'],
}
let signedIn = false
let dropping = false
const failing = new Set()
const listeners = new Set()

class Refused extends Error {
  constructor(status, code, message, fields) {
    super(message)
    Object.assign(this, { status, code, fields })
  }
}

const now = () => new Date().toISOString()
const changed = () => listeners.forEach((listen) => listen('changed', {}))
const chatOf = (id) => {
  const chat = chats.get(id)
  if (!chat) throw new Refused(404, 'no_such_conversation', '没有找到这个会话，请刷新页面后重试。')
  return chat
}

function say(chat, { author, name = null, text, internal = false, key = null }) {
  const same = key && chat.messages.find((message) => message.key === key)
  if (same) return same
  const message = {
    id: `m${Math.random().toString(36).slice(2)}`, seq: chat.messages.length + 1, prev: chat.messages.length, author,
    author_name: name, internal, at: now(), content: page({ paragraphs: text.split('\n') }), key, band: null,
  }
  chat.messages.push(message)
  Object.assign(chat.row, { last_seq: message.seq, last_at: message.at, ...(internal ? {} : { last_text: text }) })
  listeners.forEach((listen) => listen('message', message, chat.row.conversation_id))
  changed()
  return message
}

function control(chat, state, name) {
  Object.assign(chat.row, { control: state, staff_name: name })
  listeners.forEach((listen) => listen('state', stateOf(chat), chat.row.conversation_id))
  changed()
}

const stateOf = (chat) => ({
  control: chat.row.control, position: null, staff_name: chat.row.staff_name, thinking: false, last_seq: chat.row.last_seq,
})

const views = {
  queue: (row) => row.control === 'queued',
  mine: (row) => row.control === 'human' && row.staff_name === staff.name,
  recent: (row) => row.control === 'closed' || row.control === 'bot',
}

function desk(method, path, query, body) {
  if (path === '/api/desk/chats') return { chats: [...chats.values()].map((chat) => chat.row).filter(views[query.get('view')]) }
  const [, id, step] = /^\/api\/desk\/chats\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
  const chat = chatOf(id)
  if (!step) return { chat: chat.row, packet: chat.packet, messages: chat.messages }
  if (step === 'claim') {
    if (chat.row.control !== 'queued') throw new Refused(409, 'already_taken', '这个会话已由同事接待。')
    say(chat, { author: 'system', text: `${staff.name} 已接待` })
    control(chat, 'human', staff.name)
    return { chat: chat.row }
  }
  if (step === 'messages' || step === 'notes') {
    if (step === 'messages' && !views.mine(chat.row)) throw new Refused(409, 'not_yours', '这个会话不在您手中，请刷新后再看。')
    return say(chat, { author: 'staff', name: staff.name, text: body.text, internal: step === 'notes', key: body.client_msg_id })
  }
  if (!views.mine(chat.row)) throw new Refused(409, 'not_yours', '这个会话不在您手中，请刷新后再看。')
  say(chat, { author: 'staff', name: staff.name, text: body.note, internal: true })
  chat.row.handover_status = step === 'return' ? 'returned' : 'closed'
  chat.row.ended_at = now()
  control(chat, step === 'return' ? 'bot' : 'closed', staff.name)
  return { chat: chat.row }
}

function consoleApi(method, path, query, body) {
  if (path === '/api/console/try') return mock.attempt(body.question, body.region)
  const [, key, step] = /^\/api\/console\/faqs(?:\/([^/]+))?(?:\/(\w+))?$/.exec(path) ?? []
  if (!key && method === 'GET') return faqs.list(query)
  const answer = faqs.act({ method, key: key ? decodeURIComponent(key) : null, step, body, staff })
  if (answer.refused) throw new Refused(...answer.refused)
  return answer
}

const outside = {
  talent: ({ id, text }) => say(chatOf(id), { author: 'talent', text }),
  colleague: ({ id }) => control(chatOf(id), 'human', '王专员'),
  silent: ({ id }) => Object.assign(chatOf(id).row, { control: 'human', staff_name: '王专员' }),
  queue: ({ id }) => {
    chatOf(id).row.waiting_since = now()
    control(chatOf(id), 'queued', null)
  },
  drop: ({ on }) => {
    dropping = on
    if (on) listeners.forEach((listen) => listen('end'))
  },
  fail: ({ path, on = true }) => void (on ? failing.add(path) : failing.delete(path)),
  expire: () => void (signedIn = false),
  touch: ({ key }) => faqs.touch(key),
}

function answer(method, path, query, body, response) {
  if (path.startsWith('/mock/')) return void outside[path.slice(6)](body)
  if ([...failing].some((part) => path.includes(part))) throw new Refused(503, 'unavailable', '服务暂时不可用，请稍后重试。')
  if (path === '/api/web/menu') return { categories: [], regions, items: [], ways: [] }
  if (path === '/api/staff/login') {
    if (body.username === 'locked') throw new Refused(423, 'locked_out', '登录失败次数过多，请约 15 分钟后再试，或联系管理员重置密码。')
    if (body.password !== 'demo') throw new Refused(401, 'wrong_credentials', '用户名或密码不正确，请核对后重试。')
    signedIn = true
    staff.must_change_password = body.username === 'fresh'
    response.setHeader('Set-Cookie', 'huicai_session=x; HttpOnly; SameSite=Strict; Path=/')
    return { staff, csrf: 'c' }
  }
  if (!signedIn) throw new Refused(401, 'not_signed_in', '您还没有登录，或登录已过期，请重新登录。')
  if (path === '/api/staff/me') return { staff, csrf: 'c' }
  if (path === '/api/staff/password') {
    if (body.current !== 'demo') throw new Refused(422, 'wrong_password', '当前密码不正确，请重新输入。')
    if (body.new.length < 12) throw new Refused(422, 'weak_password', '密码至少 12 个字符。')
    staff.must_change_password = false
    return undefined
  }
  if (path === '/api/staff/logout') return void (signedIn = false)
  if (path.startsWith('/api/desk/')) return desk(method, path, query, body)
  if (path.startsWith('/api/console/')) return consoleApi(method, path, query, body)
  throw new Refused(404, 'not_found', '没有这个地址。')
}

function stream(path, query, request, response) {
  const id = /chats\/([^/]+)\/events/.exec(path)?.[1]
  if (dropping || !signedIn) return void response.writeHead(dropping ? 503 : 401).end('{}')
  if (id && !chats.has(id)) return void response.writeHead(404).end('{}')
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  const write = (name, data) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  if (id) {
    chatOf(id).messages.filter((message) => message.seq > Number(query.get('after'))).forEach((message) => write('message', message))
    write('state', stateOf(chatOf(id)))
  } else write('changed', {})
  const listen = (name, data, about) => {
    if (name === 'end') response.destroy()
    else if (id ? about === id : name === 'changed') write(name, data)
  }
  listeners.add(listen)
  const beat = setInterval(() => response.write(': beat\n\n'), 15_000)
  request.on('close', () => {
    listeners.delete(listen)
    clearInterval(beat)
  })
}

async function file(path, response) {
  if (path === '/desk' || path === '/console') return response.writeHead(308, { Location: `${path}/` }).end()
  const name = path === '/favicon.svg' ? '/widget/favicon.svg' : path.endsWith('/') ? `${path}index.html` : path
  try {
    const body = await readFile(join(DIST, normalize(name)))
    response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP }).end(body)
  } catch {
    response.writeHead(404).end()
  }
}

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://mock')
  if (pathname.endsWith('/events')) return stream(pathname, searchParams, request, response)
  if (!pathname.startsWith('/api/') && !pathname.startsWith('/mock/')) return file(pathname, response)
  let text = ''
  for await (const part of request) text += part
  try {
    const writes = request.method !== 'GET' && pathname.startsWith('/api/') && !pathname.endsWith('/login')
    if (writes && request.headers['x-csrf-token'] !== 'c') throw new Refused(403, 'csrf_failed', '页面已过期，请刷新后重试。')
    const result = answer(request.method, pathname, searchParams, text ? JSON.parse(text) : {}, response)
    if (result === undefined) response.writeHead(204).end()
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(result))
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error)
    const { status = 500, code = 'internal', message, fields } = error
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: { code, message, fields } }))
  }
}).listen(PORT, '127.0.0.1', () => console.log(`staff pages on http://127.0.0.1:${PORT}/desk/ and /console/`))
