"""The 276 words that pseudonyms are made of, in the order that their indexes count.

The vocabulary and its order are those of the ``food-words`` 1.1.0 package (MIT, Good Eggs), which
the ytTREX servers use; a word added, dropped or moved changes everybody's pseudonym.
"""

from __future__ import annotations

_TEXT = """
alfalfa almond amaranth anise apple apricot arrugula artichoke asparagus avocado bagel
baguette baklava banana barbecue barley basil batter beans beet berry biscotti biscuit
blackberry blueberry bokchoy bread broccoli bun burrito butter cabbage cake calzone cannoli
cantaloupe caramel carnitas carrot casserole celery cereal ceviche chard cheese cherry chili
chives chocolate churros chutney cilantro cinnamon citrus cobbler coconut coffee coleslaw
collards cookie corn couscous crabapple cracker cranberry crepe crisp croissant cucumber
cupcake currant curry custard daikon dandelion danish date dessert dill dough doughnut
dumplings egg eggplant eggs empanada empanadas enchilada endive falafel farfalle fennel feta
fettuccine fig flan frijoles fritter fudge galette garbanzo garlic gelato gherkin ginger
ginseng gnocchi grape grapefruit guacamole guava gyros hamburger honey honeydew hummus
icecream icing jalapeno jam jelly jicama juice kale kebab kiwi kiwifruit kohlrabi kumquat
ladle lasagna lasagne leek lemon lentils lettuce lime linguine lunch macaroni macaroon
macaroons mandarin mango manicotti melon meringue meyerlemon milk milkshake mochi molasses
muffin mulberry mushroom mustard nachos nectarine nutmeg oatmeal okra olive onion orange orzo
pancake pancakes panini papaya paprika parsley parsnip pasta pastry peach peanut pear peas
pecan penne pepper persimmon pickle pickles pie pilaf pimiento pineapple pistachio pizza
plantains plum pomelo potato praline pretzel prune pudding pumpkin purslane quince radicchio
radish raisin raspberry ravioli relish reuben rhubarb rigatoni roast roll romaine rosemary
rutabaga saffron sage salad salsa samosa sandwich sassafrass sauce sauerkraut scallion scone
scramble shallot shawarma sherbet shortbread slaw souffle soup souvlaki soysauce spaghetti
spinach squash strawberry succotash sundae sushi syrup taco tacos tamale tamales tangelo
tangerine tapioca taquitos tea thyme toast toffee tofu tomatillo tomato tortilla tortillas
tostadas truffle truffles turnip udon vanilla vinegar waffle wasabi watercress watermelon
wheatberry yams yolk zucchini
"""

WORDS: tuple[str, ...] = tuple(_TEXT.split())
