/*
 * hello: the least that a FastCGI program can do, as the yardstick of `make bench`.
 */
#include <fcgiapp.h>

int main(void)
{
	FCGX_Request q;
	if (FCGX_Init() != 0 || FCGX_InitRequest(&q, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&q) == 0) {
		FCGX_PutS("Content-Type: text/plain\r\n\r\nhello\n", q.out);
		FCGX_Finish_r(&q);
	}
	return 0;
}
