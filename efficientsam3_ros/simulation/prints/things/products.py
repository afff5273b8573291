"""What may be in cans, boxes, bottles and jars."""

from __future__ import annotations

from efficientsam3_ros.simulation.prints.artwork.design import Product
from efficientsam3_ros.simulation.prints.artwork.pictures import Picture

SOUP = Product(
    ('Tomato Soup', Picture.TOMATO),
    ('Chopped Tomatoes', Picture.TOMATO),
    ('Garden Peas', Picture.PEA),
    ('Sweet Corn', Picture.CORN),
    ('Baked Beans', Picture.COFFEE),
    ('Chili Beans', Picture.CHILI),
    ('Herb Broth', Picture.LEAF),
    ('Green Olives', Picture.OLIVE),
    ('Cherries in Syrup', Picture.CHERRY),
)
SODA = Product(
    ('Cola', Picture.DROP),
    ('Orange Soda', Picture.ORANGE),
    ('Lemonade', Picture.LEMON),
    ('Ginger Ale', Picture.SUN),
    ('Cherry Pop', Picture.CHERRY),
    ('Sparkling Water', Picture.DROP),
    ('Iced Tea', Picture.LEAF),
    ('Berry Fizz', Picture.BERRY),
)
FISH = Product(
    ('Tuna Chunks', Picture.FISH),
    ('Sardines in Oil', Picture.FISH),
    ('Mackerel Fillets', Picture.FISH),
    ('Liver Pate', Picture.OLIVE),
    ('Tomato Herring', Picture.TOMATO),
    ('Mint Drops', Picture.LEAF),
)
CEREAL = Product(
    ('Corn Flakes', Picture.FLAKE),
    ('Crunchy Muesli', Picture.GRAIN),
    ('Honey Hoops', Picture.SUN),
    ('Oat Bites', Picture.FLAKE),
    ('Berry Crisp', Picture.BERRY),
    ('Choco Balls', Picture.COFFEE),
    ('Apple Loops', Picture.APPLE),
)
CRACKERS = Product(
    ('Salt Crackers', Picture.GRAIN),
    ('Butter Biscuits', Picture.FLAKE),
    ('Oat Cookies', Picture.FLAKE),
    ('Pasta Shells', Picture.GRAIN),
    ('Tomato Rice', Picture.TOMATO),
    ('Cake Mix', Picture.CHERRY),
    ('Ground Coffee', Picture.COFFEE),
    ('Apple Rings', Picture.APPLE),
)
TEA = Product(
    ('Green Tea', Picture.LEAF),
    ('Black Tea', Picture.CUP),
    ('Mint Tea', Picture.LEAF),
    ('Rooibos', Picture.CUP),
    ('Camomile', Picture.SUN),
    ('Lemon Tea', Picture.LEMON),
    ('Fruit Infusion', Picture.BERRY),
    ('Apple Tea', Picture.APPLE),
)
MILK = Product(
    ('Whole Milk', Picture.DROP),
    ('Low Fat Milk', Picture.CUP),
    ('Oat Drink', Picture.GRAIN),
    ('Buttermilk', Picture.SUN),
    ('Soy Drink', Picture.LEAF),
    ('Rice Drink', Picture.GRAIN),
)
JUICE = Product(
    ('Orange Juice', Picture.ORANGE),
    ('Apple Juice', Picture.APPLE),
    ('Cherry Nectar', Picture.CHERRY),
    ('Tomato Juice', Picture.TOMATO),
    ('Multi Fruit', Picture.SUN),
    ('Lemon Drink', Picture.LEMON),
)
WINE = Product(
    ('Riserva', Picture.BERRY),
    ('Cuvee', Picture.LEAF),
    ('Table Wine', Picture.BERRY),
    ('Olive Oil', Picture.OLIVE),
    ('Vinegar', Picture.SUN),
    ('Cider', Picture.APPLE),
    ('Cherry Wine', Picture.CHERRY),
)
SAUCE = Product(
    ('Tomato Ketchup', Picture.TOMATO),
    ('Hot Sauce', Picture.CHILI),
    ('Mustard', Picture.GRAIN),
    ('Barbecue', Picture.CHILI),
    ('Curry Sauce', Picture.LEAF),
    ('Herb Dressing', Picture.LEAF),
)
SOAP = Product(
    ('Dish Soap', Picture.LEMON),
    ('Shampoo', Picture.LEAF),
    ('Shower Gel', Picture.DROP),
    ('Cleaner', Picture.SUN),
    ('Lotion', Picture.DROP),
    ('Apple Soap', Picture.APPLE),
    ('Conditioner', Picture.LEAF),
)
JAM = Product(
    ('Cherry Jam', Picture.CHERRY),
    ('Honey', Picture.SUN),
    ('Olives', Picture.OLIVE),
    ('Marmalade', Picture.ORANGE),
    ('Hazel Spread', Picture.COFFEE),
    ('Pasta Sauce', Picture.TOMATO),
    ('Berry Jam', Picture.BERRY),
    ('Pesto', Picture.LEAF),
)
CARE = Product(
    ('Tooth Paste', Picture.LEAF),
    ('Hand Cream', Picture.DROP),
    ('Sun Milk', Picture.SUN),
    ('Tomato Paste', Picture.TOMATO),
    ('Face Cream', Picture.LEAF),
    ('Lemon Balm', Picture.LEMON),
)
PAPER = Product(
    ('Soft Tissues', Picture.LEAF),
    ('Napkins', Picture.SUN),
    ('Plasters', Picture.DROP),
    ('Playing Cards', Picture.SUN),
    ('Tablets', Picture.DROP),
    ('Cotton Pads', Picture.LEAF),
)
BOOK = Product(
    ('A Short History', Picture.SUN),
    ('The Long River', Picture.FISH),
    ('Cooking at Home', Picture.TOMATO),
    ('Night Train', Picture.DROP),
    ('Garden Birds', Picture.LEAF),
    ('Linear Algebra', Picture.SUN),
    ('The Orchard', Picture.APPLE),
    ('Letters', Picture.LEAF),
    ('On Walking', Picture.LEAF),
    ('Robots at Work', Picture.CUP),
)
