/* fds: see fds.h. open gives the lowest number that is free, so that the first one over 2 says that all are
 * taken. Where not even /dev/null can be had, the program must not go on. It is for reading: what is written to
 * a closed output fails, so that a backup or a report that nobody gets is no success. */
#include "base/fds.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void fds_hold(void)
{
	int fd;
	do {
		fd = open("/dev/null", O_RDONLY);
		if (fd < 0)
			abort();
	} while (fd <= STDERR_FILENO);
	close(fd);
}
