/*
 * Many clients in one process: it connects them, lets some of them speak, counts what each of them hears, and prints
 * one JSON object. benchmarks/README.md says what each figure means; benchmarks/speed/load.py compiles and calls it.
 *
 * A line that is said holds "|SSSSNNNNNNNNTTTTTTTTTTTTTTTT": who says it, its number with that one, and when it was
 * due, in nanoseconds; all in hexadecimal. So a line is recognised in every language by one search for "|", its way
 * takes no table to measure, and each receiver can tell what is missing (a gap), doubled (a number that was there)
 * or astray (of another room).
 *
 * One thread, epoll. Who speaks is decided by two numbers: with --window each sender has so many lines under way and
 * says another when one is done; with --rate lines are due at fixed moments, whoever is late. A line is done when its
 * sender hears it (--done own), or, where a server does not send it back, when the last member of its room does
 * (--done witness).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { JSON, TEXT, IRC, PLAIN };
enum { SETUP, SETTLE, WARM, MEASURE, DRAIN, OVER };
enum { CONNECTING, LOGGING_IN, JOINING, IN, GONE };

#define MARK_LENGTH 29
#define RING 4096
#define SECOND 1000000000ull

/* What the command line says. */
static const char *host = "127.0.0.1", *password = "a good long secret", *ask = "", *answer = "";
static int port, face, members = 2, rooms = 1, senders, window, askers, askers_join, login_slots, accounts = 1, first_account;
static int setup_at_once = 32, text_length = 48, done_by_witness, echoes = 1, server;
static double rate, ask_rate, warm = 1, seconds = 3, patience = 60;

typedef struct {
    int fd, stage, room, number;
    int is_dirty, wants_out;
    uint64_t begun;
    char *in, *out;
    size_t in_length, in_size, out_length, out_size;
    uint64_t *due; /* of what was asked and is not answered */
    uint32_t asked, answered;
} Peer;

typedef struct {
    uint32_t sent, done, owes;
    int done_at; /* the peer that tells that a line is done */
} Sender;

typedef struct {
    uint64_t count, bucket[64 * 64], most;
} Histogram;

static Peer *peers;
static Sender *said;
static uint32_t *expected; /* per receiver and sender of its room: the number that comes next */
static int total, speakers_per_room, poll_fd, phase, connected, in_setup, next_to_connect;
static int *dirty, dirty_count;
static uint64_t now_ns, phase_since, last_heard, next_due, next_ask, window_began, window_ended;
static uint64_t heard_ever, owed_ever, heard, lines, lost, doubled, astray, mangled, dropped, refused, logins, unanswered;
static int next_sender, next_asker, next_account;
static char first_error[400];
static Histogram latency, ask_latency;
static char *padding;

static uint64_t clock_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static void die(const char *why) {
    fprintf(stderr, "load: %s: %s\n", why, *first_error ? first_error : strerror(errno));
    exit(1);
}

static void note_error(const char *text, size_t length) {
    if (*first_error) return;
    size_t most = length < sizeof first_error - 1 ? length : sizeof first_error - 1;
    memcpy(first_error, text, most);
    first_error[most] = 0;
}

/* Histograms: 32 buckets for each power of two, so a percentile is right within three per cent. */

static void record(Histogram *h, uint64_t ns) {
    int shift = ns < 64 ? 0 : 58 - __builtin_clzll(ns);
    h->bucket[shift * 32 + (ns >> shift)]++;
    h->count++;
    if (ns > h->most) h->most = ns;
}

static double percentile(const Histogram *h, double share) {
    uint64_t rank = (uint64_t)(share * (double)h->count), seen = 0;
    for (int i = 0; i < 64 * 64; i++) {
        seen += h->bucket[i];
        if (seen > rank) {
            int shift = i < 64 ? 0 : i / 32 - 1;
            return (double)((uint64_t)(i - shift * 32) << shift) / 1000.0;
        }
    }
    return (double)h->most / 1000.0;
}

/* What the server's process costs. */

static void read_cpu(double *user, double *system) {
    char path[64], text[1024];
    *user = *system = 0;
    if (!server) return;
    snprintf(path, sizeof path, "/proc/%d/stat", server);
    FILE *file = fopen(path, "r");
    if (!file) return;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    unsigned long u = 0, s = 0;
    char *after = strrchr(text, ')');
    if (after) sscanf(after + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s);
    double tick = (double)sysconf(_SC_CLK_TCK);
    *user = (double)u / tick, *system = (double)s / tick;
}

static long read_rss(void) {
    char path[64], line[256];
    long kib = 0;
    if (!server) return 0;
    snprintf(path, sizeof path, "/proc/%d/status", server);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
    fclose(file);
    return kib * 1024;
}

/* Writing. What is said in one pass over the events goes out in one write. */

static void listen_for(Peer *p, int out) {
    struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.u32 = (uint32_t)(p - peers)};
    p->wants_out = out;
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, p->fd, &e);
}

static void put(Peer *p, const char *data, size_t length) {
    if (p->out_length + length > p->out_size) {
        p->out_size = (p->out_length + length) * 2;
        p->out = realloc(p->out, p->out_size);
    }
    memcpy(p->out + p->out_length, data, length);
    p->out_length += length;
    if (!p->is_dirty) {
        p->is_dirty = 1;
        dirty[dirty_count++] = (int)(p - peers);
    }
}

static void flush(Peer *p) {
    if (p->fd < 0 || !p->out_length || p->stage == CONNECTING) return;
    ssize_t sent = send(p->fd, p->out, p->out_length, MSG_NOSIGNAL);
    if (sent < 0) sent = 0;
    memmove(p->out, p->out + sent, p->out_length - (size_t)sent);
    p->out_length -= (size_t)sent;
    if (!!p->out_length != p->wants_out) listen_for(p, !!p->out_length);
}

static void flush_dirty(void) {
    for (int i = 0; i < dirty_count; i++) {
        peers[dirty[i]].is_dirty = 0;
        flush(&peers[dirty[i]]);
    }
    dirty_count = 0;
}

/* Coming in. */

static void name_of(char *name, size_t size, int number) { snprintf(name, size, "u%05d", first_account + number); }

static void log_in(Peer *p) {
    char name[32], text[512];
    int account = login_slots ? next_account++ % accounts : p->number;
    name_of(name, sizeof name, account);
    p->stage = LOGGING_IN;
    if (face == JSON)
        snprintf(text, sizeof text, "{\"do\":\"login\",\"name\":\"%s\",\"password\":\"%s\"}\n", name, password);
    else if (face == TEXT)
        snprintf(text, sizeof text, "%s\n%s\n", name, password);
    else if (face == IRC)
        snprintf(text, sizeof text, "%s%s%sNICK %s\r\nUSER %s 0 * :%s\r\n", *password ? "PASS :" : "", password,
                 *password ? "\r\n" : "", name, name, name);
    else
        *text = 0;
    put(p, text, strlen(text));
}

static void is_in(Peer *p) {
    p->stage = IN;
    in_setup--;
    connected++;
}

static void join(Peer *p) {
    char text[128];
    if (p->room < 0 || face == PLAIN) {
        is_in(p);
        return;
    }
    p->stage = JOINING;
    if (face == JSON)
        snprintf(text, sizeof text, "{\"do\":\"join\",\"room\":\"r%04d\"}\n", p->room);
    else if (face == TEXT)
        snprintf(text, sizeof text, "/join #r%04d\n", p->room);
    else
        snprintf(text, sizeof text, "JOIN #r%04d\r\n", p->room);
    put(p, text, strlen(text));
}

static void open_connection(Peer *p) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &to.sin_addr);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (p->fd < 0) die("socket");
    int one = 1;
    setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    p->stage = CONNECTING;
    p->begun = now_ns;
    p->in_length = p->out_length = 0;
    p->wants_out = 1;
    in_setup++;
    if (connect(p->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) die("connect");
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.u32 = (uint32_t)(p - peers)};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, p->fd, &e)) die("epoll_ctl");
}

static void close_connection(Peer *p) {
    close(p->fd);
    p->fd = -1;
    if (p->stage != IN && p->stage != GONE) in_setup--;
    if (p->stage == IN) connected--;
    p->stage = GONE;
}

static void has_gone(Peer *p) {
    close_connection(p);
    if (login_slots) {
        refused++;
        open_connection(p);
    } else if (phase < OVER) {
        dropped++;
        if (phase < WARM) die("a connection ended before it was in");
    }
}

/* Speaking. */

static void hex(char *at, uint64_t value, int digits) {
    static const char digit[] = "0123456789abcdef";
    for (int i = digits - 1; i >= 0; i--, value >>= 4) at[i] = digit[value & 15];
}

static void say(int s, uint64_t due) {
    Peer *p = &peers[s];
    char text[4096];
    int n = 0;
    if (p->fd < 0) return;
    if (face == JSON)
        n = sprintf(text, "{\"do\":\"say\",\"room\":\"r%04d\",\"text\":\"", p->room);
    else if (face == IRC)
        n = sprintf(text, "PRIVMSG #r%04d :", p->room);
    text[n] = '|';
    hex(text + n + 1, (uint64_t)s, 4);
    hex(text + n + 5, said[s].sent++, 8);
    hex(text + n + 13, due, 16);
    n += MARK_LENGTH;
    memcpy(text + n, padding, (size_t)(text_length - MARK_LENGTH));
    n += text_length - MARK_LENGTH;
    n += sprintf(text + n, face == JSON ? "\"}\n" : face == IRC ? "\r\n" : "\n");
    put(p, text, (size_t)n);
    lines += phase == MEASURE;
}

static void ask_once(Peer *p, uint64_t due) {
    if (p->fd < 0 || p->asked - p->answered >= RING) {
        unanswered++;
        return;
    }
    p->due[p->asked++ % RING] = due;
    put(p, ask, strlen(ask));
}

/* Hearing. */

static int unhex(const char *at, int digits, uint64_t *value) {
    uint64_t v = 0;
    for (int i = 0; i < digits; i++) {
        unsigned c = (unsigned char)at[i], d = c - '0';
        if (d > 9) {
            d = c - 'a' + 10;
            if (d < 10 || d > 15) return 0;
        }
        v = v << 4 | d;
    }
    *value = v;
    return 1;
}

static void hear(Peer *p, const char *mark, size_t length) {
    uint64_t s, n, due;
    if (length < MARK_LENGTH || !unhex(mark + 1, 4, &s) || !unhex(mark + 5, 8, &n) || !unhex(mark + 13, 16, &due) ||
        s >= (uint64_t)senders) {
        mangled++;
        note_error(mark, length);
        return;
    }
    if (peers[s].room != p->room) {
        astray++;
        return;
    }
    uint32_t *next = &expected[(size_t)p->number * (size_t)speakers_per_room + s / (uint64_t)rooms];
    if (n < *next) {
        doubled++;
        return;
    }
    lost += n - *next;
    *next = (uint32_t)n + 1;
    heard_ever++;
    if (phase == MEASURE) {
        heard++;
        record(&latency, now_ns > due ? now_ns - due : 0);
    }
    if (said[s].done_at == p->number) {
        said[s].done++;
        if (window && phase < DRAIN) {
            if (!said[s].owes++) dirty[dirty_count++] = -1 - (int)s;
        }
    }
}

static void hear_answer(Peer *p) {
    if (p->asked == p->answered) return;
    uint64_t due = p->due[p->answered++ % RING];
    if (phase == MEASURE) record(&ask_latency, now_ns > due ? now_ns - due : 0);
}

static int has(const char *line, size_t length, const char *what) { return memmem(line, length, what, strlen(what)) != 0; }

static void came_in(Peer *p) {
    if (!login_slots) {
        join(p);
        return;
    }
    if (phase == MEASURE) {
        logins++;
        record(&latency, now_ns - p->begun);
    }
    is_in(p);
    close_connection(p);
    if (phase < DRAIN) open_connection(p);
}

static void take_line(Peer *p, const char *line, size_t length) {
    if (p->stage == IN) {
        if (p->due && has(line, length, answer)) {
            hear_answer(p);
            return;
        }
        const char *mark = memchr(line, '|', length);
        if (mark) {
            if (p->number < members) hear(p, mark, length - (size_t)(mark - line));
            return; /* who asks does not count what it hears */
        }
    }
    if (face == JSON) {
        if (length > 11 && !memcmp(line, "{\"refused\"", 10)) {
            refused++;
            note_error(line, length);
            if (p->due) hear_answer(p);
            if (p->stage != IN && !login_slots) die("refused");
        } else if (p->stage == LOGGING_IN && has(line, length, "\"done\":\"login\""))
            came_in(p);
        else if (p->stage == JOINING && has(line, length, "\"done\":\"join\""))
            is_in(p);
        else if (length > 15 && !memcmp(line, "{\"event\":\"ping\"", 15))
            put(p, "{\"do\":\"ping\"}\n", 14);
    } else if (face == TEXT) {
        if (p->stage == LOGGING_IN && has(line, length, "Login successful!"))
            came_in(p);
        else if (p->stage == JOINING && has(line, length, "You are in #r"))
            is_in(p);
        else if (has(line, length, "-- error") || has(line, length, "Login failed")) {
            refused++;
            note_error(line, length);
        }
    } else if (face == IRC) {
        if (length > 5 && !memcmp(line, "PING ", 5)) {
            char pong[512];
            int n = snprintf(pong, sizeof pong, "PONG %.*s\r\n", (int)(length - 5 < 480 ? length - 5 : 480), line + 5);
            put(p, pong, (size_t)n);
        } else if (p->stage == LOGGING_IN && has(line, length, " 001 "))
            came_in(p);
        else if (p->stage == JOINING && has(line, length, " 366 "))
            is_in(p);
        else if (length > 6 && !memcmp(line, "ERROR ", 6))
            note_error(line, length);
    }
}

static void read_from(Peer *p) {
    static char buffer[1 << 19];
    size_t kept = p->in_length;
    if (kept) memcpy(buffer, p->in, kept);
    ssize_t got = recv(p->fd, buffer + kept, sizeof buffer - kept, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        if (!*first_error && kept) note_error(buffer, kept);
        has_gone(p);
        return;
    }
    int fd = p->fd;
    char *at = buffer, *end = buffer + kept + got, *newline;
    now_ns = last_heard = clock_now();
    while (p->fd == fd && (newline = memchr(at, '\n', (size_t)(end - at)))) {
        size_t length = (size_t)(newline - at);
        take_line(p, at, length && newline[-1] == '\r' ? length - 1 : length);
        at = newline + 1;
    }
    if (p->fd != fd) return;
    p->in_length = (size_t)(end - at);
    if (p->in_length > p->in_size) {
        if (p->in_length > sizeof buffer / 2) die("a line is too long");
        p->in_size = p->in_length * 2;
        p->in = realloc(p->in, p->in_size);
    }
    if (p->in_length) memcpy(p->in, at, p->in_length);
}

static void is_writable(Peer *p) {
    if (p->stage == CONNECTING) {
        int wrong = 0;
        socklen_t size = sizeof wrong;
        getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &wrong, &size);
        if (wrong) {
            errno = wrong;
            die("connect");
        }
        log_in(p);
        listen_for(p, 0);
        if (face == PLAIN) join(p);
    }
    flush(p);
}

/* The course of a run. */

static void say_what_is_owed(void) {
    /* Senders whose lines were done were noted among the dirty ones as -1 - sender: they say the next lines now. */
    for (int i = 0; i < dirty_count; i++) {
        if (dirty[i] >= 0) continue;
        int s = -1 - dirty[i];
        dirty[i] = dirty[--dirty_count];
        i--;
        uint32_t owes = said[s].owes;
        said[s].owes = 0;
        if (phase < DRAIN)
            while (owes--) say(s, now_ns);
    }
}

static void say_what_is_due(void) {
    if (rate > 0 && phase >= WARM && phase < DRAIN) {
        for (; next_due <= now_ns; next_due += (uint64_t)(1e9 / rate)) {
            say(next_sender, next_due);
            next_sender = (next_sender + 1) % senders;
        }
    }
    if (ask_rate > 0 && phase >= WARM && phase < DRAIN) {
        for (; next_ask <= now_ns; next_ask += (uint64_t)(1e9 / ask_rate)) {
            ask_once(&peers[members + next_asker], next_ask);
            next_asker = (next_asker + 1) % askers;
        }
    }
}

static double cpu_before[2], cpu_after[2], own_before, own_after, setup_seconds;
static long rss_before, rss_after;

static double own_cpu(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void enter(int next) {
    phase = next;
    phase_since = now_ns;
    if (next == SETTLE) setup_seconds = (double)(now_ns - window_began) / 1e9;
    if (next == WARM) {
        fputs("everybody is in\n", stderr);
        next_due = next_ask = now_ns;
        if (window)
            for (int s = 0; s < senders; s++)
                for (int i = 0; i < window; i++) say(s, now_ns);
    }
    if (next == MEASURE) {
        read_cpu(&cpu_before[0], &cpu_before[1]);
        own_before = own_cpu();
        window_began = clock_now();
    }
    if (next == DRAIN) {
        window_ended = clock_now();
        own_after = own_cpu();
        read_cpu(&cpu_after[0], &cpu_after[1]);
        rss_after = read_rss();
        for (int s = 0; s < senders; s++) {
            int room = s % rooms, size = members / rooms + (room < members % rooms);
            owed_ever += (uint64_t)said[s].sent * (uint64_t)(size - !echoes);
        }
    }
}

static void go_on(void) {
    double spent = (double)(now_ns - phase_since) / 1e9;
    if (phase == SETUP) {
        while (next_to_connect < total && in_setup < setup_at_once) open_connection(&peers[next_to_connect++]);
        if (login_slots ? next_to_connect == total : connected == total) enter(SETTLE);
        else if (spent > patience * 5) die("not everybody is in");
    } else if (phase == SETTLE) {
        /* What joining made everybody hear is over when nothing comes any more; a server that says nothing may still
           be taking connections. */
        if (login_slots || (double)(now_ns - last_heard) / 1e9 > (face == PLAIN ? 2 : 0.5) || spent > patience) enter(WARM);
    } else if (phase == WARM && spent >= warm)
        enter(MEASURE);
    else if (phase == MEASURE && spent >= seconds)
        enter(DRAIN);
    else if (phase == DRAIN && (heard_ever >= owed_ever || (double)(now_ns - last_heard) / 1e9 > 5 || spent > patience))
        phase = OVER;
}

static void wait_and_serve(void) {
    struct epoll_event events[512];
    uint64_t wake = now_ns + 5000000;
    if (phase >= WARM && phase < DRAIN) {
        if (rate > 0 && next_due < wake) wake = next_due;
        if (ask_rate > 0 && next_ask < wake) wake = next_ask;
    }
    uint64_t wait = wake > now_ns ? wake - now_ns : 0;
    struct timespec pause = {.tv_sec = (time_t)(wait / SECOND), .tv_nsec = (long)(wait % SECOND)};
    int count = epoll_pwait2(poll_fd, events, 512, &pause, NULL);
    now_ns = clock_now();
    for (int i = 0; i < count; i++) {
        Peer *p = &peers[events[i].data.u32];
        if (p->fd >= 0 && events[i].events & EPOLLOUT) is_writable(p);
        if (p->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_from(p);
    }
}

static void count_the_missing(void) {
    for (int i = 0; i < members; i++)
        for (int s = i % (rooms ? rooms : 1); s < senders; s += rooms) {
            if (s == i && !echoes) continue;
            lost += said[s].sent - expected[(size_t)i * (size_t)speakers_per_room + (size_t)(s / rooms)];
        }
}

static void print_histogram(const char *name, const Histogram *h) {
    printf("\"%s\":{\"count\":%llu,\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"most\":%.1f},", name,
           (unsigned long long)h->count, percentile(h, .5), percentile(h, .99), percentile(h, .999),
           (double)h->most / 1000.0);
}

static void print_result(void) {
    double span = (double)(window_ended - window_began) / 1e9;
    printf("{\"seconds\":%.4f,\"setup_seconds\":%.3f,\"peers\":%d,\"connected\":%d,", span, setup_seconds, total, connected);
    printf("\"lines\":%llu,\"deliveries\":%llu,\"logins\":%llu,", (unsigned long long)lines, (unsigned long long)heard,
           (unsigned long long)logins);
    print_histogram("latency", &latency);
    print_histogram("answers", &ask_latency);
    printf("\"cpu_user\":%.3f,\"cpu_system\":%.3f,\"own_cpu\":%.3f,\"rss_before\":%ld,\"rss_after\":%ld,",
           cpu_after[0] - cpu_before[0], cpu_after[1] - cpu_before[1], own_after - own_before, rss_before, rss_after);
    printf("\"lost\":%llu,\"doubled\":%llu,\"astray\":%llu,\"mangled\":%llu,\"dropped\":%llu,\"refused\":%llu,"
           "\"unanswered\":%llu,\"error\":\"",
           (unsigned long long)lost, (unsigned long long)doubled, (unsigned long long)astray,
           (unsigned long long)mangled, (unsigned long long)dropped, (unsigned long long)refused,
           (unsigned long long)unanswered);
    for (char *c = first_error; *c; c++)
        if (*c >= ' ' && *c < 127) printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    printf("\"}\n");
}

static void prepare(void) {
    if (login_slots) members = login_slots, rooms = 0;
    total = members + askers;
    speakers_per_room = rooms ? (senders + rooms - 1) / rooms : 1;
    peers = calloc((size_t)total, sizeof *peers);
    said = calloc((size_t)senders + 1, sizeof *said);
    dirty = calloc((size_t)(total + senders + 1), sizeof *dirty);
    expected = calloc((size_t)members * (size_t)(speakers_per_room + 1), sizeof *expected);
    padding = malloc((size_t)text_length + 1);
    memset(padding, 'x', (size_t)text_length);
    for (int i = 0; i < total; i++) {
        int is_asker = i >= members;
        peers[i] = (Peer){.fd = -1, .number = i, .room = rooms && !is_asker ? i % rooms : -1};
        if (is_asker) {
            peers[i].due = calloc(RING, sizeof(uint64_t));
            if (askers_join) peers[i].room = 0;
        }
    }
    for (int s = 0; s < senders; s++) {
        int last = members - 1;
        while (last % rooms != s % rooms) last--;
        said[s].done_at = done_by_witness ? last : s;
    }
    poll_fd = epoll_create1(0);
}

static char *unescaped(char *text) {
    size_t length = strlen(text);
    char *line = malloc(length + 3);
    sprintf(line, "%s\r\n", text);
    return line;
}

static void understand(int count, char **words) {
    static const char *faces[] = {"json", "text", "irc", "plain"};
    for (int i = 1; i + 1 < count; i += 2) {
        char *key = words[i] + 2, *value = words[i + 1];
        if (!strcmp(key, "port")) port = atoi(value);
        else if (!strcmp(key, "host")) host = value;
        else if (!strcmp(key, "password")) password = value;
        else if (!strcmp(key, "members")) members = atoi(value);
        else if (!strcmp(key, "rooms")) rooms = atoi(value);
        else if (!strcmp(key, "senders")) senders = atoi(value);
        else if (!strcmp(key, "window")) window = atoi(value);
        else if (!strcmp(key, "rate")) rate = atof(value);
        else if (!strcmp(key, "askers")) askers = atoi(value);
        else if (!strcmp(key, "askers-join")) askers_join = atoi(value);
        else if (!strcmp(key, "ask")) ask = unescaped(value);
        else if (!strcmp(key, "answer")) answer = value;
        else if (!strcmp(key, "ask-rate")) ask_rate = atof(value);
        else if (!strcmp(key, "logins")) login_slots = atoi(value);
        else if (!strcmp(key, "accounts")) accounts = atoi(value);
        else if (!strcmp(key, "first-account")) first_account = atoi(value);
        else if (!strcmp(key, "warm")) warm = atof(value);
        else if (!strcmp(key, "seconds")) seconds = atof(value);
        else if (!strcmp(key, "setup-at-once")) setup_at_once = atoi(value);
        else if (!strcmp(key, "text")) text_length = atoi(value);
        else if (!strcmp(key, "echoes")) echoes = atoi(value);
        else if (!strcmp(key, "done")) done_by_witness = !strcmp(value, "witness");
        else if (!strcmp(key, "server")) server = atoi(value);
        else if (!strcmp(key, "face")) {
            for (face = 0; face < 4 && strcmp(value, faces[face]); face++) continue;
        } else {
            fprintf(stderr, "load: there is no option --%s\n", key);
            exit(2);
        }
    }
    if (face > PLAIN || text_length < MARK_LENGTH || text_length > 3900 || (senders && !rooms) || senders > members) {
        fprintf(stderr, "load: that makes no sense\n");
        exit(2);
    }
}

int main(int count, char **words) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    understand(count, words);
    prepare();
    rss_before = read_rss();
    now_ns = last_heard = window_began = phase_since = clock_now();
    while (phase != OVER) {
        go_on();
        say_what_is_due();
        say_what_is_owed();
        flush_dirty();
        wait_and_serve();
    }
    count_the_missing();
    print_result();
    return 0;
}
