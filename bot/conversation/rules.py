"""Figures of the message log, the turn runner and hand-over."""

TEXT_LIMIT = 2_000  # characters of one message
MAX_REPLIES = 4  # messages one turn may yield
APOLOGY_AFTER_S = 3.3  # before WeChat hangs up, so that it costs no customer-service message
PASSIVE_WINDOW_S = 4.5  # WeChat drops the request at 5 s; until then replies belong to it
PATIENT_S = 15  # how long a notice waits for words it can share a sending with
RETRY_DELAYS_S = (0.2, 0.5, 1.0, 2.0, 3.0)
MAX_FAILURES = 4  # answers the engine failed to give while it was up
FORENOON, AFTERNOON, ANY_TIME = TICKET_TIMES = ("上午", "下午", "都可以")  # when a call-back suits
RING_S = 30  # how long an offer rings
TRANSFER_RING_S = 60  # a colleague asked by hand may be on the phone
WRAP_UP_S = 300  # to write the summary; then the draft is kept as it is
