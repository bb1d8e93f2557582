/*
 * delay-proxy PORT_FILE TARGET_PORT MILLISECONDS: a TCP proxy on a free loopback port, which it writes to PORT_FILE, to
 * TARGET_PORT on the same host. What arrives is passed on half of MILLISECONDS later in each direction, as on a network
 * with that round-trip time and any throughput. SIGTERM and SIGINT end it; it prints how many round trips its
 * connections made together: how often the client spoke after the server had.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct Chunk {
    gint64 due; /* monotonic microseconds */
    gsize length, sent;
    char *bytes; /* NULL: the sender has closed */
} Chunk;

typedef struct Direction {
    int from, to;
    GQueue chunks;
    gboolean ended; /* nothing more comes in */
    gboolean closed;
} Direction;

typedef struct Link {
    Direction out, back; /* client to server, server to client */
    gboolean server_spoke;
} Link;

static volatile sig_atomic_t stopped;
static gint64 delay; /* microseconds, one way */
static guint round_trips;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int new_socket(void)
{
    int one = 1, result = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (result < 0)
        die("socket");
    setsockopt(result, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return result;
}

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((guint16)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int listen_somewhere(const char *port_file)
{
    int listener = new_socket();
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        die("listen");
    g_autofree char *text = g_strdup_printf("%d\n", ntohs(address.sin_port));
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents(port_file, text, -1, &error)) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    return listener;
}

static void accept_client(GPtrArray *links, int listener, int port)
{
    int client = accept(listener, NULL, NULL), server = new_socket(), one = 1;
    struct sockaddr_in address = loopback(port);
    if (client < 0 || connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
        close(client);
        close(server);
        return;
    }
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    Link *link = g_new0(Link, 1);
    link->out = (Direction){.from = client, .to = server, .chunks = G_QUEUE_INIT};
    link->back = (Direction){.from = server, .to = client, .chunks = G_QUEUE_INIT};
    g_ptr_array_add(links, link);
}

static void receive(Link *link, Direction *direction)
{
    char bytes[64 * 1024];
    ssize_t length = recv(direction->from, bytes, sizeof bytes, MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    Chunk *chunk = g_new0(Chunk, 1);
    chunk->due = g_get_monotonic_time() + delay;
    if (length > 0) {
        chunk->length = (gsize)length;
        chunk->bytes = g_memdup2(bytes, chunk->length);
        round_trips += direction == &link->out && link->server_spoke;
        link->server_spoke = direction == &link->back;
    } else {
        direction->ended = TRUE;
    }
    g_queue_push_tail(&direction->chunks, chunk);
}

/* FALSE when the first chunk is not gone: it is not due, or the receiver is slow. */
static gboolean pass_on(Direction *direction)
{
    Chunk *chunk = g_queue_peek_head(&direction->chunks);
    if (!chunk || chunk->due > g_get_monotonic_time())
        return FALSE;
    if (chunk->bytes) {
        ssize_t sent =
            send(direction->to, chunk->bytes + chunk->sent, chunk->length - chunk->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            return FALSE;
        chunk->sent += sent > 0 ? (gsize)sent : chunk->length - chunk->sent; /* a receiver that is gone wants nothing */
        if (chunk->sent < chunk->length)
            return TRUE;
    } else {
        shutdown(direction->to, SHUT_WR);
        direction->closed = TRUE;
    }
    g_queue_pop_head(&direction->chunks);
    g_free(chunk->bytes);
    g_free(chunk);
    return TRUE;
}

static void watch(GArray *sockets, const Direction *direction, int *timeout)
{
    struct pollfd in = {.fd = direction->ended ? -1 : direction->from, .events = POLLIN}, out = {.fd = -1};
    const Chunk *chunk = g_queue_peek_head((GQueue *)&direction->chunks);
    gint64 left = chunk ? chunk->due - g_get_monotonic_time() : 0;
    if (chunk && left > 0)
        *timeout = MIN(*timeout, (int)(left / 1000) + 1);
    else if (chunk)
        out = (struct pollfd){.fd = direction->to, .events = POLLOUT};
    g_array_append_val(sockets, in);
    g_array_append_val(sockets, out);
}

static void serve(Link *link, const struct pollfd *sockets)
{
    if (sockets[0].revents)
        receive(link, &link->out);
    if (sockets[2].revents)
        receive(link, &link->back);
    while (pass_on(&link->out))
        ;
    while (pass_on(&link->back))
        ;
}

static void drop_closed(GPtrArray *links)
{
    for (guint i = links->len; i > 0; i--) {
        Link *link = links->pdata[i - 1];
        if (!link->out.closed || !link->back.closed)
            continue;
        close(link->out.from);
        close(link->back.from);
        g_ptr_array_remove_index(links, i - 1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: delay-proxy PORT_FILE TARGET_PORT MILLISECONDS\n");
        return 2;
    }
    int port = atoi(argv[2]);
    delay = atoi(argv[3]) * G_GINT64_CONSTANT(500);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    int listener = listen_somewhere(argv[1]);
    g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) sockets = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
    while (!stopped) {
        int timeout = 100; /* also for a signal that comes just before poll() */
        struct pollfd first = {.fd = listener, .events = POLLIN};
        g_array_set_size(sockets, 0);
        g_array_append_val(sockets, first);
        for (guint i = 0; i < links->len; i++) {
            watch(sockets, &((Link *)links->pdata[i])->out, &timeout);
            watch(sockets, &((Link *)links->pdata[i])->back, &timeout);
        }
        if (poll((struct pollfd *)(void *)sockets->data, sockets->len, timeout) < 0 && errno != EINTR)
            die("poll");
        const struct pollfd *ready = &g_array_index(sockets, struct pollfd, 0);
        guint n = links->len;
        for (guint i = 0; i < n; i++)
            serve(links->pdata[i], ready + 1 + i * 4);
        if (ready[0].revents)
            accept_client(links, listener, port);
        drop_closed(links);
    }
    printf("%u\n", round_trips);
    return 0;
}
