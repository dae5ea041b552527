/* Many pairs of phones as one thread: the load of `bench/live.py` where Python would itself be the limit.
 *
 *     gcc -O2 -o pairs pairs.c && ./pairs PORT PAIRS SECONDS
 *
 * Each device sends a frame of readings ten times a second by a phase of its own, whether the place keeps up
 * or not, and a heartbeat; what comes back is timed. At first frames come half as often and hold six times as
 * many readings, of the half minute before, so that everybody's breath is soon known. In the middle some
 * pairs pause and go on, which both are shown. Marks and the result are printed as by the client in Python.
 * It trusts the place: what comes is searched for what is timed, and is not looked at otherwise.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { FRAMES_HZ = 10, READINGS = 10, AXES = 6, REMEMBERED = 64, SHOWS = 64, AT_ONCE = 100 };
enum { BEATS_IN_FRAMES = 13 };   /* a heartbeat every 650 ms: two in thirteen frames */
enum { EVERY = 2, TIMES = 6 };   /* in warming up: every second frame, with six times the readings */
static const double STEP_S = 0.01, LATE_S = 0.5, HISTORY_S = 30.0, SETTLE_S = 3.0;

typedef struct {
  int fd, pair, side, filled;
  uint32_t sequence, newest_show, shows_before;
  double sitting_s;   /* what sitting time is ahead of our clock */
  double phase_s, felt_until_s;
  int64_t shows_ms[REMEMBERED];   /* the moment of the breath that a frame lets the other see ... */
  double sent_s[REMEMBERED];      /* ... and when that frame was sent */
  double shown_s[SHOWS];          /* when a show came, by its number */
  uint8_t heard[8192];
} Device;

typedef struct { double *value; size_t count, room; } Times;

static Device *devices;
static int count, epoll, is_measured;
static uint64_t frames, swells, lost;
static Times ways, pongs, skews;

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void note(Times *times, double seconds) {
  if (!is_measured) return;
  if (times->count == times->room) {
    times->room = times->room ? 2 * times->room : 65536;
    times->value = realloc(times->value, times->room * sizeof(double));
  }
  times->value[times->count++] = seconds;
}

/* What is sent. The mask is there and is zero: a browser's is not, and costs the place the same. */

static void send_message(Device *device, int kind, const void *data, size_t size) {
  uint8_t message[8 + 4096] = {0x80 | kind};
  size_t head = size < 126 ? 2 : 4;
  message[1] = 0x80 | (head == 2 ? size : 126);
  if (head == 4) message[2] = size >> 8, message[3] = size;
  memset(message + head, 0, 4);
  memcpy(message + head + 4, data, size);
  ssize_t whole = head + 4 + size;
  if (device->fd >= 0 && send(device->fd, message, whole, MSG_NOSIGNAL) != whole) {
    close(device->fd);
    device->fd = -1;
    lost++;
  }
}

static void send_text(Device *device, const char *text) { send_message(device, 1, text, strlen(text)); }

static void send_frame(Device *device, double now, uint64_t cycle) {
  double at_s = device->felt_until_s;
  double due_s = floor((now + device->sitting_s) * 1000) / 1000 - READINGS * STEP_S;
  int readings = READINGS;
  if (at_s + TIMES * READINGS * STEP_S < due_s) {
    if (cycle % EVERY) return;
    readings *= TIMES;
  } else at_s = due_s;
  device->felt_until_s = at_s + readings * STEP_S;
  uint8_t frame[16 + TIMES * READINGS * (2 + 2 * AXES)] = {1, 1};
  uint16_t size = readings;
  memcpy(frame + 2, &size, 2);
  memcpy(frame + 4, &device->sequence, 4);
  memcpy(frame + 8, &at_s, 8);
  /* Slow breath, a pair of its own, on one axis; the rest is gravity and nothing. */
  double hz = 0.2 + 0.001 * (device->pair % 50);
  for (int i = 0; i < readings; i++) {
    uint16_t after = i * (uint16_t)(STEP_S * 1e4 + 0.5);
    int16_t values[AXES] = {60 * sin(2 * M_PI * hz * (at_s + i * STEP_S)), 0, 4900};
    memcpy(frame + 16 + 2 * i, &after, 2);
    memcpy(frame + 16 + 2 * readings + 2 * AXES * i, values, sizeof values);
  }
  int place = device->sequence++ % REMEMBERED;
  device->shows_ms[place] = llround((at_s + (readings - 1) * STEP_S - LATE_S) * 1000);
  device->sent_s[place] = now;
  send_message(device, 2, frame, 16 + readings * (2 + 2 * AXES));
  frames++;
}

static void send_ping(Device *device, double now) {
  char text[96];
  snprintf(text, sizeof text, "{\"t\":\"ping\",\"sent\":%.3f,\"shown\":%u}", now * 1000, device->newest_show);
  send_text(device, text);
}

/* What comes. */

static double number(const char *text, size_t size, const char *name) {
  const char *found = memmem(text, size, name, strlen(name));
  return found ? strtod(found + strlen(name), NULL) : NAN;
}

static int starts(const char *text, size_t size, const char *with) {
  return size >= strlen(with) && !memcmp(text, with, strlen(with));
}

static void hear(Device *device, const char *text, size_t size, double now) {
  if (starts(text, size, "{\"t\":\"swell\"")) {
    Device *other = devices + ((device - devices) ^ 1);
    int64_t at_ms = llround(number(text, size, "\"at\":") * 1000);
    swells++;
    for (int i = 0; i < REMEMBERED; i++)
      if (other->shows_ms[i] == at_ms) note(&ways, now - other->sent_s[i]);
  } else if (starts(text, size, "{\"t\":\"pong\"")) {
    note(&pongs, now - number(text, size, "\"sent\":") / 1000);
  } else if (starts(text, size, "{\"t\":\"show\"")) {
    device->newest_show = number(text, size, "\"number\":");
    device->shown_s[device->newest_show % SHOWS] = now;
  } else if (starts(text, size, "{\"t\":\"welcome\"")) {
    device->sitting_s = number(text, size, "\"at\":") - now;
    device->felt_until_s = now + device->sitting_s - HISTORY_S;
  }
}

static void hear_all(Device *device, double now) {
  uint8_t *data = device->heard;
  int taken = 0;
  while (device->filled - taken >= 2) {
    int head = (data[taken + 1] & 127) == 126 ? 4 : 2;
    if (device->filled - taken < head) break;
    int size = head == 4 ? data[taken + 2] << 8 | data[taken + 3] : data[taken + 1] & 127;
    if (device->filled - taken < head + size) break;
    if ((data[taken] & 15) == 1) hear(device, (char *)data + taken + head, size, now);
    taken += head + size;
  }
  memmove(data, data + taken, device->filled -= taken);
}

static int receive(Device *device) {
  ssize_t came = recv(device->fd, device->heard + device->filled, sizeof device->heard - device->filled, 0);
  if (came > 0) device->filled += came;
  else if (!came || errno != EAGAIN) {
    close(device->fd);
    device->fd = -1;
    lost++;
  }
  return came > 0;
}

static void hear_everybody(double until_s) {
  struct epoll_event events[256];
  double wait_s = fmax(0, until_s - now_s());
  struct timespec wait = {0, wait_s < 0.999 ? wait_s * 1e9 : 999000000};
  int ready = epoll_pwait2(epoll, events, 256, &wait, NULL);
  double now = now_s();
  for (int i = 0; i < ready; i++) {
    Device *device = devices + events[i].data.u32;
    if (device->fd >= 0 && receive(device)) hear_all(device, now);
  }
}

/* The run. */

static void connect_some(int first, int last, int port) {
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port)};
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  char text[512];
  int one = 1;
  for (int i = first; i < last; i++) {
    Device *device = devices + i;
    device->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(device->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(device->fd, (void *)&place, sizeof place)) fail("connect");
    int size = snprintf(text, sizeof text,
      "GET /live HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://localhost:8000\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      port);
    if (send(device->fd, text, size, MSG_NOSIGNAL) != size) fail("send");
  }
  for (int i = first; i < last; i++) {
    Device *device = devices + i;
    uint8_t *end = NULL;
    while (!end && receive(device)) end = memmem(device->heard, device->filled, "\r\n\r\n", 4);
    if (!end || memcmp(device->heard, "HTTP/1.1 101", 12)) fail("the place let a device not in");
    device->filled -= end + 4 - device->heard;
    memmove(device->heard, end + 4, device->filled);
    snprintf(text, sizeof text, "{\"t\":\"hello\",\"v\":1,\"ticket\":\"%d/%s\"}", device->pair,
             device->side ? "other" : "one");
    send_text(device, text);
  }
  for (int i = first; i < last; i++) {
    Device *device = devices + i;
    while (!device->sitting_s && receive(device)) hear_all(device, now_s());
    if (device->fd < 0) fail("a device was let go");
    fcntl(device->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, device->fd, &event);
  }
}

/* Frames by everybody's phase, until a moment. Whose turn is next is remembered from call to call. */
static void send_until(double end_s, Device **by_phase, double begin_s) {
  static uint64_t next;
  for (double now; (now = now_s()) < end_s;) {
    for (;;) {
      Device *device = by_phase[next % count];
      uint64_t cycle = next / count;
      double due_s = begin_s + cycle / (double)FRAMES_HZ + device->phase_s;
      if (due_s > now) {
        hear_everybody(fmin(due_s, end_s));
        break;
      }
      send_frame(device, now, cycle + device->pair);
      if ((cycle + device->pair * 7) * 2 % BEATS_IN_FRAMES < 2) send_ping(device, now);
      /* Whoever is behind hears as well: else what comes would wait, and be called late. */
      if (++next % 32 == 0) hear_everybody(0), now = now_s();
    }
  }
}

static int sooner(const void *a, const void *b) {
  double one = (*(Device **)a)->phase_s, other = (*(Device **)b)->phase_s;
  return (one > other) - (one < other);
}

static int less(const void *a, const void *b) {
  double one = *(double *)a, other = *(double *)b;
  return (one > other) - (one < other);
}

static void print_ms(const char *name, Times *times) {
  const double shares[] = {0.5, 0.99, 1.0};
  qsort(times->value, times->count, sizeof(double), less);
  printf(", \"%s\": [", name);
  for (int i = 0; i < 3; i++) {
    double at = times->count ? 1000 * times->value[(size_t)(shares[i] * (times->count - 1))] : NAN;
    printf(isnan(at) ? "%sNaN" : "%s%.4f", i ? ", " : "", at);
  }
  printf("]");
}

static void mark(const char *what) {
  puts(what);
  fflush(stdout);
}

static double processor_s(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "pairs PORT PAIRS SECONDS\n"), 1;
  int port = atoi(argv[1]), pairs = atoi(argv[2]);
  double seconds = atof(argv[3]);
  count = 2 * pairs;
  devices = calloc(count, sizeof *devices);
  epoll = epoll_create1(0);
  Device **by_phase = calloc(count, sizeof *by_phase);
  srand(1);
  for (int i = 0; i < count; i++) {
    devices[i].pair = i / 2, devices[i].side = i % 2;
    devices[i].phase_s = rand() / (RAND_MAX + 1.0) / FRAMES_HZ;
    by_phase[i] = devices + i;
  }
  qsort(by_phase, count, sizeof *by_phase, sooner);
  for (int first = 0; first < count; first += AT_ONCE)
    connect_some(first, first + AT_ONCE < count ? first + AT_ONCE : count, port);
  mark("connected");

  double begin_s = now_s() + 0.01;
  double warm_s = HISTORY_S / (TIMES / EVERY - 1) + SETTLE_S;
  send_until(begin_s + warm_s, by_phase, begin_s);
  frames = swells = 0;
  is_measured = 1;
  mark("measure");
  double used_s = processor_s(), from_s = now_s();
  send_until(from_s + seconds / 2, by_phase, begin_s);
  int each = 2 * (pairs < 50 ? 1 : pairs / 50);
  for (int i = 0; i < count; i++) devices[i].shows_before = devices[i].newest_show;
  char text[64];
  for (int i = 0; i < count; i += each) {
    snprintf(text, sizeof text, "{\"t\":\"pause\",\"id\":\"p%d\"}", i);
    send_text(devices + i, text);
  }
  send_until(from_s + seconds * 3 / 4, by_phase, begin_s);
  for (int i = 0; i < count; i += each)
    for (int side = 0; side < 2; side++) {
      snprintf(text, sizeof text, "{\"t\":\"go_on\",\"id\":\"g%d.%d\"}", i, side);
      send_text(devices + i + side, text);
    }
  send_until(from_s + seconds, by_phase, begin_s);
  double wall_s = now_s() - from_s;
  used_s = processor_s() - used_s;
  mark("measured");

  for (int i = 0; i < count; i += each) {
    Device *one = devices + i, *other = one + 1;
    for (int show = 1; one->shows_before + show <= one->newest_show; show++) {
      uint32_t mine = one->shows_before + show, theirs = other->shows_before + show;
      if (theirs <= other->newest_show)
        note(&skews, fabs(one->shown_s[mine % SHOWS] - other->shown_s[theirs % SHOWS]));
    }
  }
  printf("{\"sent\": %lu, \"swells\": %lu, \"wall_s\": %.6f, \"client_cpu\": %.4f, \"lost\": %lu", frames, swells,
         wall_s, used_s / wall_s, lost);
  print_ms("pong_ms", &pongs);
  print_ms("way_ms", &ways);
  print_ms("skew_ms", &skews);
  printf("}\n");
  return 0;
}
