// Connections: connect(2) and accept(2).

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim::socket {

CallRow connect_row();
CallRow accept_row();
CallRow accept4_row();

}  // namespace wakesim::socket
